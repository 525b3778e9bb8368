"""Compares what text-encoder.ts wrote with the mean of the tokens' vectors by Python's tokenizers and onnxruntime.

Usage: python text_encoder.py MODEL.onnx TOKENIZER.json OUT.json   (with `pip install tokenizers onnxruntime numpy`)
"""
import json
import sys

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

session = onnxruntime.InferenceSession(sys.argv[1])
tokenizer = Tokenizer.from_file(sys.argv[2])
tokenizer.no_padding()
largest = 0.0
for row in json.load(open(sys.argv[3])):
    encoding = tokenizer.encode(row["text"])
    feeds = {
        "input_ids": np.array([encoding.ids]),
        "attention_mask": np.array([encoding.attention_mask]),
        "token_type_ids": np.array([encoding.type_ids]),
    }
    outputs = session.run(None, {i.name: feeds[i.name] for i in session.get_inputs()})
    tokens = next(o for o in outputs if o.ndim == 3)
    difference = np.abs(tokens[0].mean(0) - np.array(row["vector"])).max()
    print(f"{len(encoding.ids):4d} tokens, difference {difference:.2g}")
    largest = max(largest, difference)
print(f"largest difference {largest:.2g}")
