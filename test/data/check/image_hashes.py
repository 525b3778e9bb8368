"""Prints the pHash that imagehash gives of pictures made by formula, for perceptual-hash.test.ts.

Usage: python image_hashes.py   (with `pip install imagehash pillow`)
"""
import imagehash
from PIL import Image

FORMULAS = {
    "waves": lambda x, y: (x * x * 3 + y * 7 + x * y) % 256,
    "rings": lambda x, y: ((x - 16) ** 2 + (y - 12) ** 2) % 256,
    "weave": lambda x, y: ((x * 11) ^ (y * 5)) % 256,
}
for name, value in FORMULAS.items():
    picture = Image.new("L", (32, 32))
    picture.putdata([value(x, y) for y in range(32) for x in range(32)])
    print(name, imagehash.phash(picture))
