"""PyTorch's gradients and running averages of the network in test/train/residual.ts, with batch statistics, in double precision.

Reads JSON on standard input (parameters by name, pixels, labels, momentum), writes JSON on standard output.
"""
import json
import sys

import torch
import torch.nn.functional as F

given = json.load(sys.stdin)
p = {
    name: torch.tensor(value["data"], dtype=torch.float64).reshape(value["dims"])
    for name, value in given["parameters"].items()
}
trained = [name for name in p if not name.endswith((".mean", ".variance"))]
for name in trained:
    p[name].requires_grad_()
pixels = torch.tensor(given["pixels"], dtype=torch.float64).reshape(-1, 3, given["size"], given["size"])
labels = torch.tensor(given["labels"])


def conv(x, name):
    weight = p[f"{name}.weight"]
    y = F.conv2d(x, weight, padding=weight.shape[-1] // 2)
    mean, variance, scale, bias = (p[f"{name}.{part}"] for part in ("mean", "variance", "scale", "bias"))
    return F.batch_norm(y, mean, variance, scale, bias, training=True, momentum=1 - given["momentum"], eps=1e-5)


x = F.relu(conv(pixels, "stem"))
x = F.relu(x + conv(F.relu(conv(x, "a1")), "a2"))
inner = conv(F.relu(conv(x, "b1")), "b2")
x = F.relu(x + inner * torch.sigmoid(conv(inner.mean((2, 3), keepdim=True), "gate")))
features = F.relu(conv(x, "top")).mean((2, 3))
loss = F.cross_entropy(features @ p["fc.weight"] + p["fc.bias"], labels)
loss.backward()
json.dump(
    {
        "loss": loss.item(),
        "gradients": {name: p[name].grad.flatten().tolist() for name in trained},
        "running": {name: p[name].flatten().tolist() for name in p if name not in trained},
    },
    sys.stdout,
)
