"""Writes Keras applications, made small, as the TensorFlow.js converter and tf2onnx write them, without weights, into fixtures/.

usage: keras_graphs.py FOLDER [NAME...]

FOLDER/NAME gets model.json.gz, whose manifest has "seeded MEAN STD MIN MAX" for each weight that was left out, and
weights.bin.gz with the others; or graph.onnx.gz from tf2onnx. Nothing is downloaded.
Needs tensorflow 2.15, tensorflowjs, and tf2onnx for the names that end in -tf2onnx.
"""
import importlib.machinery
import os
import sys
import tempfile
import types
from unittest import mock

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_USE_LEGACY_KERAS', '1')

import numpy as np

from strip_tfjs import strip

CLASSES = 10


def absent(name):
    """A module that the converter imports, but does not need for Keras models."""
    module = types.ModuleType(name)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None)
    module.__getattr__ = lambda attribute: mock.MagicMock() if not attribute.startswith('__') else None
    sys.modules[name] = module


def keras():
    import tensorflow as tf
    return tf.keras


def application(name, side, **kwargs):
    return lambda: getattr(keras().applications, name)(
        weights=None, input_shape=(side, side, 3), classes=CLASSES, **kwargs)


def densenet():
    from keras.src.applications.densenet import DenseNet
    return DenseNet([2, 2, 2, 2], weights=None, input_shape=(64, 64, 3), classes=CLASSES)


def resnet():
    from keras.src.applications import resnet as r

    def stack(x):
        x = r.stack1(x, 8, 2, stride1=1, name='conv2')
        x = r.stack1(x, 16, 2, name='conv3')
        return r.stack1(x, 32, 2, name='conv4')
    return r.ResNet(stack, False, True, 'resnet', weights=None, input_shape=(64, 64, 3), classes=CLASSES)


def teachable_machine():
    """As the page writes them: a MobileNetV2 that ends in its last activation, and two dense layers."""
    k = keras()
    base = k.applications.MobileNetV2(weights=None, alpha=0.35, include_top=False, input_shape=(96, 96, 3))
    top = k.Sequential([k.layers.Dense(20, activation='relu', input_shape=(1280,)),
                        k.layers.Dense(3, use_bias=False, activation='softmax')])
    return k.Sequential([k.Sequential([base, k.layers.GlobalAveragePooling2D()]), top])


LAYERS, GRAPH, ONNX = 'layers', 'graph', 'onnx'
NETWORKS = {
    'mobilenet-keras-tfjs': (application('MobileNet', 64, alpha=0.25), GRAPH),
    'mobilenet-v2-keras-tfjs': (application('MobileNetV2', 64, alpha=0.35), LAYERS),
    'mobilenet-v3-keras-tfjs': (application('MobileNetV3Small', 64, alpha=0.75), GRAPH),
    'resnet-keras-tfjs': (resnet, LAYERS),
    'densenet-keras-tfjs': (densenet, GRAPH),
    'teachable-machine': (teachable_machine, LAYERS),
    'mobilenet-v2-tf2onnx': (application('MobileNetV2', 64, alpha=0.35), ONNX),
    'resnet-v1-tf2onnx': (resnet, ONNX),
    'efficientnet-b0-tf2onnx': (application('EfficientNetB0', 64), ONNX),
}


def perturb(model):
    draw = np.random.default_rng(7)
    for weight in model.weights:
        kind = weight.name.split('/')[-1].split(':')[0]
        if kind in ('gamma', 'moving_variance', 'variance'):
            weight.assign(draw.uniform(0.7, 1.4, weight.shape))
        elif kind in ('beta', 'moving_mean', 'bias', 'mean'):
            weight.assign(draw.uniform(-0.1, 0.1, weight.shape))
    for layer in model.layers:
        if type(layer).__name__ == 'Normalization':
            layer.finalize_state()


def write_tfjs(model, kind, folder):
    import tensorflowjs as tfjs
    from tensorflowjs.converters import tf_saved_model_conversion_v2 as graphs
    with tempfile.TemporaryDirectory() as made:
        if kind == LAYERS:
            tfjs.converters.save_keras_model(model, made)
        else:
            graphs.convert_keras_model_to_graph_model(model, made)
        return strip(made, folder)


def main():
    for dependency in ('tensorflow_decision_forests', 'jax', 'jax.experimental', 'jax.experimental.jax2tf'):
        absent(dependency)
    folder, *names = sys.argv[1:]
    for name in names or NETWORKS:
        build, kind = NETWORKS[name]
        keras().backend.clear_session()
        keras().utils.set_random_seed(7)
        model = build()
        perturb(model)
        place = os.path.join(folder, name)
        os.makedirs(place, exist_ok=True)
        if kind == ONNX:
            import tf2onnx
            from structure import write
            write(tf2onnx.convert.from_keras(model, opset=15)[0], folder, name)
        else:
            print(f'{name}: {write_tfjs(model, kind, place)} bytes', flush=True)


if __name__ == '__main__':
    main()
