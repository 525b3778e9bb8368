"""Writes small networks of scikit-learn as skl2onnx exports them, without weights, into fixtures/classifiers.

usage: sklearn_graphs.py FOLDER

skl2onnx-digits: as it comes, rows of 64 numbers in, ZipMap at the end; -rows: without ZipMap; -images: the 8x8 images that
the rows were made of in, through a Reshape in front, and probabilities out. Needs scikit-learn and skl2onnx; nothing is downloaded
(the digits are part of scikit-learn).
"""
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import to_onnx
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from structure import write


def with_images(model):
    """The model with a Reshape in front, from [N, 1, 8, 8] to the rows, and without the output of the best class."""
    graph = model.graph
    rows = graph.input[0].name
    graph.node.insert(0, helper.make_node('Reshape', ['image', 'row'], [rows], name='Reshape'))
    graph.initializer.append(numpy_helper.from_array(np.array([-1, 64], np.int64), 'row'))
    del graph.input[:]
    graph.input.append(helper.make_tensor_value_info('image', TensorProto.FLOAT, ['batch', 1, 8, 8]))
    return onnx.utils.Extractor(model).extract_model(['image'], ['probabilities'])


def main():
    folder, = sys.argv[1:]
    x, y = load_digits(return_X_y=True)
    x = x.astype(np.float32)
    network = MLPClassifier((24,), max_iter=200, random_state=7)
    pipeline = make_pipeline(StandardScaler(), network).fit(x, y)
    write(to_onnx(pipeline, x[:1]), folder, 'skl2onnx-digits')
    plain = to_onnx(pipeline, x[:1], options={'zipmap': False})
    write(with_images(plain), folder, 'skl2onnx-digits-images')
    write(to_onnx(pipeline, x[:1], options={'zipmap': False}), folder, 'skl2onnx-digits-rows')


if __name__ == '__main__':
    main()
