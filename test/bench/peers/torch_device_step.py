"""A full tuning step of PyTorch, eager, with AdamW and clipping: MODEL BATCH SIDE STEPS. TF32 off, then on.

BatchNormalization keeps its statistics, as marnet-wrap's default does. Needs torch and torchvision; on a card where there is one.
"""

import statistics
import sys
import time

import torch
import torchvision

name, batch, side, steps = sys.argv[1], *map(int, sys.argv[2:5])
device = 'cuda' if torch.cuda.is_available() else 'cpu'


def wait():
    if device == 'cuda':
        torch.cuda.synchronize()


for tf32 in [False, True] if device == 'cuda' else [False]:
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.allow_tf32 = tf32
    torch.manual_seed(1)
    model = getattr(torchvision.models, name)().to(device).eval()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    pixels = torch.randn(batch, 3, side, side)
    labels = torch.arange(batch) % 1000
    times = []
    for step in range(steps + 2):
        wait()
        began = time.perf_counter()
        loss = torch.nn.functional.cross_entropy(model(pixels.to(device)), labels.to(device))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        loss.item()
        wait()
        if step >= 2:
            times.append(1000 * (time.perf_counter() - began))
    median = statistics.median(times)
    memory = f'{torch.cuda.max_memory_allocated() >> 20} MiB' if device == 'cuda' else 'memory not told'
    where = torch.cuda.get_device_name() if device == 'cuda' else 'CPU'
    print(
        f'  PyTorch {torch.__version__} on {where}, TF32 {"on" if tf32 else "off"}: '
        f'{median:.1f} ms a step | {1000 * batch / median:.1f} images/s | {memory}'
    )
