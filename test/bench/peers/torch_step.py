"""Seconds of full fine-tuning steps (forward, cross-entropy, backward, AdamW on all parameters) in PyTorch.

usage: torch_step.py NAME [--batch 8] [--size 224] [--threads 2] [--runs 4]
Batch normalization keeps its statistics. Prints one JSON line: {"model", "torch", "seconds": [...], "peakMegabytes"}, the
first, warming run left out. Needs torch and torchvision.
"""
import argparse
import json
import resource
import time

import torch
import torchvision.models as models

parser = argparse.ArgumentParser()
parser.add_argument("name")
for option, value in dict(batch=8, size=224, threads=2, runs=4).items():
    parser.add_argument("--" + option, type=int, default=value)
args = parser.parse_args()
torch.set_num_threads(args.threads)

model = getattr(models, args.name)(weights=None).train()
for module in model.modules():
    if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
        module.eval()
images = torch.randn(args.batch, 3, args.size, args.size)
labels = torch.randint(0, 1000, (args.batch,))
optimizer = torch.optim.AdamW(model.parameters(), 1e-4)
loss = torch.nn.CrossEntropyLoss()


def step():
    optimizer.zero_grad()
    loss(model(images), labels).backward()
    optimizer.step()


step()
seconds = []
for _ in range(args.runs):
    start = time.perf_counter()
    step()
    seconds.append(time.perf_counter() - start)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"model": args.name, "torch": torch.__version__, "seconds": seconds, "peakMegabytes": peak}))
