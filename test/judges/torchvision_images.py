"""
What torchvision and Pillow make of images.

  python torchvision_images.py small OUT.json
      of synthetic images, as base64 of 8-bit RGB: the numbers that tests keep (test/data/reference/torchvision.json)
  python torchvision_images.py photos OUT_FOLDER SIZE PHOTO...
      of photographs: Resize(round(SIZE / 0.875)) and CenterCrop(SIZE), bilinear and bicubic, antialiased, on Pillow images;
      <number>-<interpolation>.rgb, for test/judges/resize-parity.ts
"""
import base64
import json
import sys
from pathlib import Path

import numpy
import torch
from PIL import Image, ImageOps
from torchvision.transforms import InterpolationMode, v2
from torchvision.transforms.v2 import functional as F

MODES = {"bilinear": InterpolationMode.BILINEAR, "bicubic": InterpolationMode.BICUBIC}


def ripples(width, height):
    """The same formula is in test/data/reference/synthetic.ts."""
    x, y, c = numpy.meshgrid(numpy.arange(width), numpy.arange(height), numpy.arange(3), indexing="xy")
    value = 128 + 70 * numpy.sin(0.31 * x + 0.9 * c) + 50 * numpy.cos(0.23 * y * (c + 1) + 0.11 * x)
    return numpy.clip(numpy.rint(value), 0, 255).astype(numpy.uint8)


def encoded(image):
    return base64.b64encode(numpy.ascontiguousarray(image).tobytes()).decode()


def small(out):
    image = torch.from_numpy(ripples(24, 20)).permute(2, 0, 1)
    results = {
        "brightness 1.4": F.adjust_brightness(image, 1.4),
        "contrast 0.6": F.adjust_contrast(image, 0.6),
        "saturation 1.7": F.adjust_saturation(image, 1.7),
        "hue 0.2": F.adjust_hue(image, 0.2),
        "hue -0.35": F.adjust_hue(image, -0.35),
        "gamma 2.2": F.adjust_gamma(image, 2.2),
        "rotate 12": F.rotate(image, 12, interpolation=InterpolationMode.BILINEAR),
        "perspective": F.perspective(
            image, [[0, 0], [24, 0], [24, 20], [0, 20]], [[3, 2], [22, 1], [23, 18], [2, 19]],
            interpolation=InterpolationMode.BILINEAR,
        ),
        "blur 1.2": F.gaussian_blur(image, [11, 11], [1.2, 1.2]),
    }
    values = {name: encoded(result.permute(1, 2, 0).numpy()) for name, result in results.items()}
    large, tiny = Image.fromarray(ripples(150, 110)), Image.fromarray(ripples(21, 13))
    for name, mode in MODES.items():
        cropped = v2.CenterCrop(28)(v2.Resize(32, interpolation=mode, antialias=True)(large))
        values[f"crop {name}"] = encoded(numpy.asarray(cropped))
        enlarged = v2.CenterCrop(28)(v2.Resize(32, interpolation=mode, antialias=True)(tiny))
        values[f"enlarge {name}"] = encoded(numpy.asarray(enlarged))
    for name, mode in {**MODES, "lanczos": InterpolationMode.LANCZOS, "nearest": InterpolationMode.NEAREST}.items():
        for image, width, height in [(large, 37, 29), (large, 61, 3), (tiny, 33, 27)]:
            resized = F.resize(image, [height, width], interpolation=mode, antialias=True)
            values[f"resize {name} {width}x{height}"] = encoded(numpy.asarray(resized))
    Path(out).write_text(json.dumps(values, indent=2) + "\n")


def photos(folder, size, files):
    Path(folder).mkdir(parents=True, exist_ok=True)
    for number, file in enumerate(files):
        image = ImageOps.exif_transpose(Image.open(file))
        if image.mode in ("RGBA", "LA", "P"):
            image = image.convert("RGBA")
            white = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(white, image)
        image = image.convert("RGB")
        for name, mode in MODES.items():
            resized = v2.Resize(round(size / 0.875), interpolation=mode, antialias=True)(image)
            pixels = numpy.asarray(v2.CenterCrop(size)(resized))
            (Path(folder) / f"{number}-{name}.rgb").write_bytes(pixels.tobytes())


if sys.argv[1] == "small":
    small(sys.argv[2])
else:
    photos(sys.argv[2], int(sys.argv[3]), sys.argv[4:])
