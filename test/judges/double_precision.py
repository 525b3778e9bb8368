"""Tells rounding from wrong gradients, for any network: our gradient model computed in double precision.

usage: double_precision.py FOLDER SIZE NAME...

For each NAME (as in torch_exports.py): has `gradientModel` write its graph, makes every float32 of it a float64, and runs it with
ONNX's reference evaluator, whose convolutions are PyTorch's here. Prints the largest relative error of a weight's gradient against PyTorch's in double precision;
rounding at the kink of a ReLU, of a clipped activation or of a maximum no longer decides anything, so what is left is
wrong, or comes from the last digits of the weights: the exporter folds normalizations in single precision, and a ReLU can
flip on that too. So where more is left than LEFT, a third number decides, which is of the file alone: the loss of the file's
graph, in double precision too, along the difference e between both gradients of the worst weight. Of the differences
that e says there are, "by the file" is the share that central differences of that loss show: 1 where our gradient is that of
the file, 0 where PyTorch's is. Needs onnx and torch; run it from the project's folder.
"""
import json
import os
import subprocess
import sys

import numpy as np
import onnx
import torch
from onnx import TensorProto, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

here = os.path.dirname(os.path.abspath(__file__))
#: A gradient below this share of all together is rounding noise.
NOISE = 1e-6
#: Of errors.
LEFT = 1e-5
#: Steps along a direction, relative to the weight's length: the shorter, the nearer to its kink may an activation be, and the
#: more digits are lost.
STEPS = (1e-8, 1e-9, 1e-10)


def padding(before, after):
    """As torch.nn.functional.pad has it: the last axis first."""
    return [p for pair in reversed(list(zip(before, after))) for p in pair]


class Conv(OpRun):
    def _run(self, x, w, b=None, auto_pad=None, dilations=None, group=None, kernel_shape=None, pads=None, strides=None):
        rank = x.ndim - 2
        pads = pads or [0] * 2 * rank
        run = getattr(torch.nn.functional, f'conv{rank}d')
        x, w, b = (None if v is None else torch.tensor(v) for v in (x, w, b))
        x = torch.nn.functional.pad(x, padding(pads[:rank], pads[rank:]))
        return (run(x, w, b, strides or 1, 0, dilations or 1, group or 1).numpy(),)


class ConvTranspose(OpRun):
    def _run(self, x, w, b=None, auto_pad=None, dilations=None, group=None, kernel_shape=None, output_padding=None,
             output_shape=None, pads=None, strides=None):
        assert output_shape is None, 'gradients give pads'
        rank = x.ndim - 2
        pads, more = pads or [0] * 2 * rank, output_padding or [0] * rank
        run = getattr(torch.nn.functional, f'conv_transpose{rank}d')
        x, w, b = (None if v is None else torch.tensor(v) for v in (x, w, b))
        whole = run(x, w, b, strides or 1, 0, 0, group or 1, dilations or 1)
        ends = [m - p for m, p in zip(more, pads[rank:])]
        return (torch.nn.functional.pad(whole, padding([-p for p in pads[:rank]], ends)).numpy(),)


class Pad(OpRun):
    """With negative numbers too, which cut off."""

    def _run(self, x, pads, constant_value=None, axes=None, mode=None):
        axes = range(x.ndim) if axes is None else axes
        ends = [[0, 0] for _ in range(x.ndim)]
        for i, axis in enumerate(axes):
            ends[axis] = [int(pads[i]), int(pads[i + len(pads) // 2])]
        cut = tuple(slice(max(0, -a), n - max(0, -b)) for (a, b), n in zip(ends, x.shape))
        added = [(max(0, a), max(0, b)) for a, b in ends]
        if mode not in (None, 'constant'):
            return (np.pad(x[cut], added, mode=mode),)
        return (np.pad(x[cut], added, constant_values=0 if constant_value is None else constant_value),)


def widened(graph):
    """Float32 becomes float64: constants, types, and what Cast and the like give."""
    for tensor in graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float64), tensor.name))
    for value in [*graph.input, *graph.output, *graph.value_info]:
        if value.type.tensor_type.elem_type == TensorProto.FLOAT:
            value.type.tensor_type.elem_type = TensorProto.DOUBLE
    widened_nodes(graph.node)


def widened_nodes(nodes):
    for node in nodes:
        for attribute in node.attribute:
            if attribute.name in ('to', 'dtype') and attribute.i == TensorProto.FLOAT:
                attribute.i = TensorProto.DOUBLE
            if attribute.type == onnx.AttributeProto.TENSOR and attribute.t.data_type == TensorProto.FLOAT:
                wide = numpy_helper.to_array(attribute.t).astype(np.float64)
                attribute.t.CopyFrom(numpy_helper.from_array(wide))
            if attribute.type == onnx.AttributeProto.GRAPH:
                widened(attribute.g)


def widened_model(path):
    model = onnx.load(path)
    widened(model.graph)
    for function in model.functions:
        widened_nodes(function.node)
    return model


def evaluator(model):
    return ReferenceEvaluator(model, new_ops=[Conv, ConvTranspose, Pad])


def loss_of(model, image, labels):
    """Mean cross-entropy of the file's first output."""
    logits = evaluator(model).run(None, {model.graph.input[0].name: image})[0]
    return torch.nn.functional.cross_entropy(torch.from_numpy(logits), torch.tensor(labels)).item()


def shares_by_file(path, weight, ours, expected, image, labels):
    """See above; both gradients have the weight's shape."""
    model = widened_model(path)
    tensor = next(i for i in model.graph.initializer if i.name == weight)
    value = numpy_helper.to_array(tensor)
    e = ours - expected
    direction = e / np.linalg.norm(e)
    shares = []
    for length in STEPS:
        step = length * max(1e-3, np.linalg.norm(value))
        losses = []
        for sign in (1, -1):
            tensor.CopyFrom(numpy_helper.from_array(value + sign * step * direction, weight))
            losses.append(loss_of(model, image, labels))
        slope = (losses[0] - losses[1]) / (2 * step)
        shares.append((slope - (expected * direction).sum()) / (e * direction).sum())
    return ', '.join(f'{share:.3f}' for share in shares)


def compare(folder, size, name):
    f = os.path.join(folder, name)
    gradient = f + '.gradient.onnx'
    labels = json.load(open(f + '.labels.json'))
    subprocess.run(['npx', 'tsx', os.path.join(here, 'write-gradient-model.ts'), f + '.onnx', str(len(labels)),
                    str(size), gradient], check=True)
    info = json.load(open(gradient + '.json'))
    model = widened_model(gradient)
    weights = {i.name: numpy_helper.to_array(i) for i in onnx.load(f + '.onnx').graph.initializer}
    classes = os.path.getsize(f + '.logits.f32') // 4 // len(labels)
    image = np.fromfile(f + '.input.f32', '<f4').reshape(-1, 3, size, size).astype(np.float64)
    feeds = {i.name: weights[i.name].astype(np.float64) for i in model.graph.input if i.name in weights}
    feeds[info['inputs']['image']] = image
    feeds[info['inputs']['labels']] = np.eye(classes)[labels]
    results = dict(zip([o.name for o in model.graph.output], evaluator(model).run(None, feeds)))
    meta = json.load(open(f + '.grads.json'))
    flat = np.fromfile(f + '.grads.f32', '<f4').astype(np.float64)
    whole = np.linalg.norm(flat)
    worst = (0.0, '', None, None)
    for weight, where in meta['grads'].items():
        output = info['outputs']['gradients'].get(weight)
        if output is None:
            continue
        expected = flat[where['offset']:where['offset'] + int(np.prod(where['shape']))].reshape(where['shape'])
        ours = results[output].reshape(where['shape'])
        error = np.linalg.norm(ours - expected) / max(np.linalg.norm(expected), NOISE * whole)
        if error > worst[0]:
            worst = (float(error), weight, ours, expected)
    loss = float(np.ravel(results[info['outputs']['loss']])[0])
    error, weight, ours, expected = worst
    shares = shares_by_file(f + '.onnx', weight, ours, expected, image, labels) if error > LEFT else ''
    print(f"| {name}, {size} | {error:.1e} | {weight} | {abs(loss - meta['loss']) / abs(meta['loss']):.1e} | {shares} |",
          flush=True)


print('| Model, pixels | Largest error | At | Loss | By the file |\n|---|---|---|---|---|')
for each in sys.argv[3:]:
    compare(sys.argv[1], int(sys.argv[2]), each)
