"""Writes train-0000?-of-00002.parquet and test-00000-of-00001.parquet into FOLDER as Hugging Face's `datasets` does:
embedded images, class names in the file's metadata, lists as texts.

Usage: python huggingface_parquet.py FOLDER   (with `pip install datasets pillow`)
"""
import io
import sys

from datasets import ClassLabel, Dataset, Features, Image, List, Value
from PIL import Image as Pillow


def png(red, green):
    out = io.BytesIO()
    Pillow.new("RGB", (6, 4), (red, green, 40)).save(out, "PNG")
    return out.getvalue()


features = Features(
    {
        "image": Image(),
        "label": ClassLabel(names=["egg fried rice", "ramen"]),
        "tags": List(Value("string")),
        "n": Value("int64"),
    }
)


def rows(start, count, labelled=True):
    numbers = range(start, start + count)
    return {
        "image": [{"bytes": png(40 * i, 200), "path": f"{i}.png"} for i in numbers],
        "label": [i % 2 if labelled or i % 3 else -1 for i in numbers],
        "tags": [["egg", "rice"] if i % 2 == 0 else None for i in numbers],
        "n": list(numbers),
    }


folder = sys.argv[1]
train = Dataset.from_dict(rows(0, 4), features=features)
for shard in range(2):
    train.shard(2, shard, contiguous=True).to_parquet(f"{folder}/train-0000{shard}-of-00002.parquet", batch_size=1)
Dataset.from_dict(rows(4, 3, False), features=features).to_parquet(f"{folder}/test-00000-of-00001.parquet")
