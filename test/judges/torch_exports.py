"""Exports classifiers with PyTorch 2's exporter (torch.onnx.export with dynamo), with gradients as autograd computes them.

usage: torch_exports.py FOLDER [--size N] [--batch N] [--opset N] [--classes N] [--unfused] NAME...

A NAME is torchvision's or timm's, as tv.NAME or timm.NAME; no weights are downloaded. For each, FOLDER gets
  NAME.onnx          what the exporter writes by default: functions inlined or not, metadata, constants folded
  NAME.input.f32     the batch [batch, 3, size, size]
  NAME.labels.json   a class a row
  NAME.logits.f32    [batch, classes], in eval mode
  NAME.grads.json    {"loss": mean cross-entropy, "own": see below, "grads": {weight: {"shape", "offset"}}}
  NAME.grads.f32     gradients by the weights as they stand in the file, computed in double precision
In single precision, an activation near the kink of a ReLU may fall on either side, and its gradient with it: "own" is the
largest relative error over parameters of PyTorch's gradients in single precision against those in double.
The exporter folds batch normalization into convolutions, and transposes weights of linear layers, some without keeping
a name. A weight of the file is therefore told by its values: it is a parameter, a parameter transposed, or a parameter
times a factor a filter, or the bias that a folded normalization leaves, whose gradient follows from the parameter's;
others are listed as "unmatched".

Weights are seeded random values, so that none is zero or equal to another. Needs torch, onnx, onnxscript, and timm or
torchvision.
"""
import argparse
import json
import os

import numpy as np
import onnx
import torch
from onnx import numpy_helper


def build(name, classes):
    source, model = name.split('.', 1)
    if source == 'timm':
        import timm
        return timm.create_model(model, pretrained=False, num_classes=classes)
    import torchvision.models as models
    return getattr(models, model)(weights=None, num_classes=classes)


def perturb(model, size):
    """Weights that differ, and statistics of batch normalization that are those of noise, so that no layer explodes."""
    norms = [m for m in model.modules() if isinstance(m, torch.nn.modules.batchnorm._BatchNorm)]
    with torch.no_grad():
        for v in model.parameters():
            v.add_(torch.randn_like(v) * 0.02)
        for norm in norms:
            norm.momentum = 1.0
        if norms:
            model.train()
            model(torch.randn(4, 3, size, size))


def key_of(array):
    """Equal for arrays of the same elements in any order of axes."""
    flat = np.sort(array.astype(np.float64).ravel())
    return array.size, round(float(flat[0]), 6), round(float(flat[-1]), 6), round(float(flat.sum()), 4)


def transposition(weight, parameter):
    """The order of the parameter's axes, or its shape, that gives the weight; None where neither does."""
    if weight.shape == parameter.shape and np.array_equal(weight, parameter):
        return lambda g: g
    if weight.size == parameter.size and np.array_equal(weight.ravel(), parameter.ravel()):
        return lambda g: g.reshape(weight.shape)
    if weight.ndim == 2 and parameter.ndim == 2 and np.array_equal(weight, parameter.T):
        return lambda g: g.T
    return None


def factor(weight, parameter):
    """A factor a filter by which the weight is the parameter: what folding a normalization leaves."""
    if weight.shape != parameter.shape or weight.ndim < 3:
        return None
    w, p = weight.reshape(weight.shape[0], -1), parameter.reshape(parameter.shape[0], -1)
    r = (w * p).sum(1) / (p * p).sum(1)
    if not np.allclose(w, p * r[:, None], rtol=1e-4, atol=1e-6):
        return None
    return r.reshape(-1, *[1] * (weight.ndim - 1))


def folded_biases(model):
    """What batch normalizations become as biases of the convolution before them, and the gradient by it."""
    convs = [m for m in model.modules() if isinstance(m, torch.nn.Conv2d) and m.bias is not None]
    for norm in model.modules():
        if not isinstance(norm, torch.nn.modules.batchnorm._BatchNorm) or norm.weight is None:
            continue
        r = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        shift = norm.bias - norm.running_mean * r
        grad = norm.bias.grad.numpy()
        yield shift.detach().numpy(), grad
        for conv in convs:
            if conv.bias.numel() == r.numel():
                yield (shift + conv.bias * r).detach().numpy(), grad


def gradients_of(weights, parameters, biases):
    """The gradient by each weight of the file, and the weights that are no parameter."""
    by_key = {}
    for name, (value, grad) in parameters.items():
        by_key.setdefault(key_of(value), []).append(name)
    found, unmatched = {}, []
    for name, weight in weights.items():
        same = [name] if name in parameters else []
        for candidate in same + by_key.get(key_of(weight), []):
            value, grad = parameters[candidate]
            change = transposition(weight, value)
            if change is not None:
                found[name] = change(grad)
                break
            r = factor(weight, value)
            if r is not None:
                found[name] = grad / r
                break
        else:
            grad = next((g for b, g in biases if b.shape == weight.shape and np.allclose(b, weight, 1e-4, 1e-6)), None)
            if grad is None:
                unmatched.append(name)
            else:
                found[name] = grad
    return found, unmatched


def backward(model, logits, labels):
    """The loss, and its gradients by name."""
    model.zero_grad()
    loss = torch.nn.functional.cross_entropy(logits, labels)
    loss.backward()
    return loss.item(), {k: (v.grad if v.grad is not None else torch.zeros_like(v)).numpy().copy()
                         for k, v in model.named_parameters()}


def relative(a, b):
    norm = np.linalg.norm(b)
    return float(np.linalg.norm(a - b) / norm) if norm > 1e-9 else 0.0


BATCH, CLASSES = 2, 50


def seeded(name, size, classes=CLASSES):
    """The model, in eval mode; the same each time, and so are the random numbers drawn after it."""
    torch.manual_seed(1234)
    model = build(name, classes)
    perturb(model, size)
    return model.eval()


def export(folder, name, size, batch=BATCH, classes=CLASSES, opset=None):
    os.makedirs(folder, exist_ok=True)
    model = seeded(name, size, classes)
    x = torch.randn(batch, 3, size, size)
    y = torch.randint(0, classes, (batch,))
    f = os.path.join(folder, name)
    kwargs = {} if opset is None else {'opset_version': opset}
    kwargs.update(dynamo=True, external_data=False, verbose=False)
    try:
        free = torch.export.Dim('batch', min=2, max=64)
        torch.onnx.export(model, (x,), f + '.onnx', dynamic_shapes=({0: free},), **kwargs)
    except Exception as error:  # code that does not trace with an open batch
        print(f'{name}: fixed batch, since {str(error).strip().splitlines()[-1]}')
        torch.onnx.export(model, (x,), f + '.onnx', **kwargs)
    logits = model(x)
    single = backward(model, logits, y)[1]
    weights_of = {k: v.detach().numpy().copy() for k, v in model.named_parameters()}
    biases_of = [b for b, _ in folded_biases(model)]
    try:
        loss, double = backward(model, model.double()(x.double()), y)
    except RuntimeError as error:  # a model that casts on its own
        print(f'{name}: single precision, since {str(error).splitlines()[0]}')
        loss, double = backward(model, model.float()(x), y)
    own = max(relative(single[k], g) for k, g in double.items())
    x.numpy().tofile(f + '.input.f32')
    logits.detach().numpy().tofile(f + '.logits.f32')
    json.dump(y.tolist(), open(f + '.labels.json', 'w'))
    parameters = {k: (weights_of[k], g) for k, g in double.items()}
    graph = onnx.load(f + '.onnx')
    weights = {i.name: numpy_helper.to_array(i) for i in graph.graph.initializer
               if i.data_type == 1 and int(np.prod(i.dims)) > 1 and '.running_' not in i.name}
    found, unmatched = gradients_of(weights, parameters, [(b, g) for b, (_, g) in zip(biases_of, folded_biases(model))])
    meta, offset = {}, 0
    with open(f + '.grads.f32', 'wb') as out:
        for k, g in found.items():
            out.write(np.ascontiguousarray(g, dtype=np.float32).tobytes())
            meta[k] = {'shape': list(g.shape), 'offset': offset}
            offset += g.size
    json.dump({'loss': loss, 'own': own, 'grads': meta, 'unmatched': unmatched, 'parameters': len(parameters)},
              open(f + '.grads.json', 'w'))
    opsets = {o.domain: o.version for o in graph.opset_import}
    print(f'{name}: opset {opsets}, {len(graph.graph.node)} nodes, {len(graph.functions)} functions, '
          f'{len(parameters)} parameters, {len(found)} weights told, unmatched {len(unmatched)}, own error {own:.1e}', flush=True)


def main():
    p = argparse.ArgumentParser()
    p.add_argument('folder')
    p.add_argument('names', nargs='+')
    p.add_argument('--size', type=int, default=224)
    p.add_argument('--batch', type=int, default=BATCH)
    p.add_argument('--opset', type=int, default=None)
    p.add_argument('--classes', type=int, default=CLASSES)
    p.add_argument('--unfused', action='store_true', help='attention of timm in single ops: some fused ones do not export')
    a = p.parse_args()
    if a.unfused:
        os.environ['TIMM_FUSED_ATTN'] = '0'
    for name in a.names:
        export(a.folder, name, a.size, a.batch, a.classes, a.opset)


if __name__ == '__main__':
    main()
