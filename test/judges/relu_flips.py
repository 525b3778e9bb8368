"""Tells rounding at the kinks of ReLUs from wrong gradients.

usage: relu_flips.py FOLDER SIZE NAME...

For each NAME (as in torch_exports.py): runs our gradient model with the outputs of its ReLUs (leaky ones too) exposed, and counts those that
PyTorch in double precision has on the other side of zero ("flips"). Then PyTorch computes its gradients in double
precision once more, with every ReLU taking the side that ours took. Prints our largest relative error against both:
what the second leaves is not due to flips. For networks whose activations are all ReLUs called in the graph's order.
Needs what torch_exports.py needs, and onnxruntime; run it from the project's folder.
"""
import json
import os
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import numpy_helper

import torch_exports as exports

folder, size, names = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
RELU = torch.nn.functional.relu
here = os.path.dirname(os.path.abspath(__file__))


def run_ours(f, batch):
    """The results of our gradient model, the sides its ReLUs took, and the weights of the file."""
    gradient = f + '.gradient.onnx'
    subprocess.run(['npx', 'tsx', os.path.join(here, 'write-gradient-model.ts'), f + '.onnx', str(batch), str(size),
                    gradient], check=True)
    info = json.load(open(gradient + '.json'))
    model = onnx.load(gradient)
    relus = [n.output[0] for n in model.graph.node if n.op_type in ('Relu', 'LeakyRelu')]
    shown = {o.name for o in model.graph.output}
    for relu in relus:
        if relu not in shown:
            model.graph.output.append(onnx.helper.make_tensor_value_info(relu, 1, None))
    weights = {i.name: numpy_helper.to_array(i) for i in onnx.load(f + '.onnx').graph.initializer if i.data_type == 1}
    feeds = {i.name: weights[i.name] for i in model.graph.input if i.name in weights}
    image = np.fromfile(f + '.input.f32', '<f4').reshape(batch, 3, size, size)
    labels = json.load(open(f + '.labels.json'))
    classes = os.path.getsize(f + '.logits.f32') // 4 // batch
    feeds[info['inputs']['image']] = image
    feeds[info['inputs']['labels']] = np.eye(classes, dtype=np.float32)[labels]
    session = onnxruntime.InferenceSession(model.SerializeToString())
    results = dict(zip([o.name for o in session.get_outputs()], session.run(None, feeds)))
    gradients = {k: results[v] for k, v in info['outputs']['gradients'].items()}
    return gradients, [results[r] > 0 for r in relus], weights, image, labels


class Sides:
    """Compares what ReLUs are given with our sides, in order, and takes these if forced."""

    def __init__(self, sides, forced):
        self.sides, self.at, self.flips, self.forced = sides, 0, 0, forced

    def relu(self, x, slope=0.0):
        side = torch.from_numpy(self.sides[self.at])
        if side.shape != x.shape:
            raise SystemExit(f'ReLU {self.at} has the shape {tuple(x.shape)} there and {tuple(side.shape)} here')
        self.at += 1
        own = x > 0
        self.flips += int((own != side).sum())
        return torch.where(side if self.forced else own, x, slope * x)


for name in names:
    exports.export(folder, name, size)
    ours, sides, weights, image, labels = run_ours(os.path.join(folder, name), exports.BATCH)
    model = exports.seeded(name, size, exports.CLASSES).double()
    total = sum(side.size for side in sides)
    for forced in (False, True):
        took = Sides(sides, forced)
        torch.nn.functional.relu = lambda x, inplace=False: took.relu(x)
        for module in model.modules():
            if isinstance(module, torch.nn.ReLU):
                module.forward = took.relu
            elif isinstance(module, torch.nn.LeakyReLU):
                module.forward = lambda x, slope=module.negative_slope: took.relu(x, slope)
        _, grads = exports.backward(model, model(torch.from_numpy(image).double()), torch.tensor(labels))
        torch.nn.functional.relu = RELU
        parameters = {k: (v.detach().float().numpy(), grads[k]) for k, v in model.named_parameters()}
        found, _ = exports.gradients_of({k: w for k, w in weights.items() if w.size > 1}, parameters, [])
        worst = max((exports.relative(ours[k], g), k) for k, g in found.items() if k in ours)
        print(f'{name}: {took.flips} of {total} ReLUs flip; largest error {worst[0]:.1e} ({worst[1]})'
              f'{", on the same sides" if forced else ""}', flush=True)
