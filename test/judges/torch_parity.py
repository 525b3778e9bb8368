"""Writes what torch-parity.ts compares with: torchvision classifiers as ONNX, and PyTorch's gradients of them.

usage: torch_parity.py FOLDER NAME... [--batch 2] [--size 224] [--classes 1000] [--disturbed 16] [--seed 1234]

For each NAME: NAME.onnx (operator set 17, open batch, parameters under their own names), NAME.input.f32,
NAME.labels.json, NAME.logits.f32, NAME.grads.json (the loss, and shape and offset of each parameter's gradient),
NAME.grads.f32 and NAME.grads.f64: the gradients of the mean cross-entropy, with frozen batch-norm statistics, by the
same weights and images in single and in double precision. Raw numbers are little-endian.

A gradient may jump at this very point: before a ReLU a value is nearly zero, or two nearly tie in a MaxPool. So the
gradients in double precision are also taken, as many times as --disturbed says, with weights and images disturbed by up
to 2^-22 of their values, about what single precision rounds away. Those that differ by more than 1e-5 (relative, in the
Euclidean norm, in any parameter) from the ones at the point itself and from each other are on other sides of jumps:
NAME.jumps.f32 has them in a row.

PyTorch's own gradients in single precision depend on the order of its sums as well: NAME.settings.f32 has in a row those with
one thread, without oneDNN, image by image, and with channels last.
"""
import argparse
import json
import os

import torch
import torchvision

parser = argparse.ArgumentParser()
parser.add_argument('folder')
parser.add_argument('names', nargs='+')
parser.add_argument('--batch', type=int, default=2)
parser.add_argument('--size', type=int, default=224)
parser.add_argument('--classes', type=int, default=1000)
parser.add_argument('--disturbed', type=int, default=16)
parser.add_argument('--seed', type=int, default=1234)
options = parser.parse_args()


def build(name):
    """A model in which no two tensors are equal, so that the exporter shares none."""
    torch.manual_seed(options.seed)
    model = getattr(torchvision.models, name)(weights=None, num_classes=options.classes)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
        for key, buffer in model.named_buffers():
            if key.endswith('running_mean'):
                buffer.copy_(0.1 * torch.randn_like(buffer))
            if key.endswith('running_var'):
                buffer.copy_(1 + torch.rand_like(buffer))
    return model.eval()


def differentiate(model, images, labels):
    model.zero_grad()
    logits = model(images)
    loss = torch.nn.functional.cross_entropy(logits, labels)
    loss.backward()
    return logits.detach(), loss.item(), {key: p.grad.clone() for key, p in model.named_parameters()}


def beyond_jumps(model, images, labels, exact):
    """Gradients on other sides of jumps; model, images and gradients are in double precision."""
    weights = {key: parameter.detach().clone() for key, parameter in model.named_parameters()}
    generator = torch.Generator().manual_seed(0)

    def disturbed(tensor):
        noise = 2 * torch.rand(tensor.shape, generator=generator, dtype=torch.float64) - 1
        return tensor * (1 + 2**-22 * noise)

    def alike(a, b):
        return all((a[key] - b[key]).norm() <= 1e-5 * b[key].norm() for key in weights)

    sides = [exact]
    for _ in range(options.disturbed):
        with torch.no_grad():
            for key, parameter in model.named_parameters():
                parameter.copy_(disturbed(weights[key]))
        _, _, gradients = differentiate(model, disturbed(images), labels)
        if not any(alike(gradients, side) for side in sides):
            sides.append(gradients)
    return sides[1:]


def in_other_settings(model, images, labels):
    """Gradients in single precision as PyTorch also computes them."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield differentiate(model, images, labels)[2]
    torch.set_num_threads(threads)
    with torch.backends.mkldnn.flags(enabled=False):
        yield differentiate(model, images, labels)[2]
    model.zero_grad()
    for image, label in zip(images.split(1), labels.split(1)):
        (torch.nn.functional.cross_entropy(model(image), label) / len(labels)).backward()
    yield {key: p.grad.clone() for key, p in model.named_parameters()}
    model.to(memory_format=torch.channels_last)
    yield differentiate(model, images.contiguous(memory_format=torch.channels_last), labels)[2]
    model.to(memory_format=torch.contiguous_format)


def write(path, tensors):
    with open(path, 'wb') as file:
        for tensor in tensors:
            file.write(tensor.contiguous().numpy().tobytes())


os.makedirs(options.folder, exist_ok=True)
for name in options.names:
    model = build(name)
    images = torch.randn(options.batch, 3, options.size, options.size)
    labels = torch.randint(0, options.classes, (options.batch,))
    path = os.path.join(options.folder, name)
    torch.onnx.export(
        model,
        images,
        f'{path}.onnx',
        opset_version=17,
        input_names=['input'],
        output_names=['logits'],
        dynamic_axes={'input': {0: 'batch'}, 'logits': {0: 'batch'}},
        training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False,
    )
    logits, loss, single = differentiate(model, images, labels)
    settings = list(in_other_settings(model, images, labels))
    _, loss64, double = differentiate(model.double(), images.double(), labels)
    jumps = beyond_jumps(model, images.double(), labels, double)
    write(f'{path}.input.f32', [images])
    write(f'{path}.logits.f32', [logits])
    write(f'{path}.grads.f32', single.values())
    write(f'{path}.grads.f64', double.values())
    write(f'{path}.settings.f32', [gradient for each in settings for gradient in each.values()])
    write(f'{path}.jumps.f32', [gradient.float() for side in jumps for gradient in side.values()])
    grads, offset = {}, 0
    for key, gradient in single.items():
        grads[key] = {'shape': list(gradient.shape), 'offset': offset}
        offset += gradient.numel()
    with open(f'{path}.labels.json', 'w') as file:
        json.dump(labels.tolist(), file)
    with open(f'{path}.grads.json', 'w') as file:
        json.dump({'loss': loss, 'loss64': loss64, 'grads': grads}, file)
    print(f'{name}: {len(grads)} parameters, {len(jumps)} other sides of jumps', flush=True)
