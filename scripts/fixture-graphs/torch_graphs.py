"""Writes the graphs of torchvision's and timm's classifiers as PyTorch exports them, without weights, into fixtures/.

usage: torch_graphs.py FOLDER old|new [NAME...]

`old` is torch.onnx.export with TorchScript (torch 1.13, torchvision 0.14), `new` the one with torch.export (torch 2.5 and
later, timm 1.0). Networks are the published classes, made narrow: every layer's channels divided, or the constructor's own
arguments; their blocks, ops and names are those of the published ones. Nothing is downloaded.
"""
import io
import math
import sys

import onnx
import torch
from torch import nn
import torchvision.models as tv

from structure import write

CLASSES = 10


def narrow(model, by):
    """Divides the channels of every layer, but those of images and classes."""
    last = [m for m in model.modules() if isinstance(m, nn.Linear)][-1:]

    def less(channels):
        return channels if channels in (3, CLASSES) else max(1, channels // by)

    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Conv2d):
                inputs, outputs = less(child.in_channels), less(child.out_channels)
                groups = child.groups if child.groups == 1 else math.gcd(
                    inputs if child.groups == child.in_channels else max(2, child.groups // by), math.gcd(inputs, outputs))
                setattr(module, name, nn.Conv2d(inputs, outputs, child.kernel_size, child.stride, child.padding,
                                                child.dilation, groups, child.bias is not None))
            elif isinstance(child, nn.BatchNorm2d):
                setattr(module, name, nn.BatchNorm2d(less(child.num_features), child.eps, child.momentum))
            elif isinstance(child, nn.Linear):
                outputs = child.out_features if child in last else less(child.out_features)
                setattr(module, name, nn.Linear(less(child.in_features), outputs, child.bias is not None))
    return model


def published(name, by, **kwargs):
    return narrow(getattr(tv, name)(weights=None, num_classes=CLASSES, **kwargs), by)


def vit():
    return tv.VisionTransformer(32, 8, 3, 2, 32, 64, num_classes=CLASSES)


def swin():
    return tv.SwinTransformer([4, 4], 24, [2, 2, 2], [2, 4, 8], [4, 4], num_classes=CLASSES)


def swin_v2():
    from torchvision.models.swin_transformer import PatchMergingV2, SwinTransformerBlockV2
    return tv.SwinTransformer([4, 4], 24, [2, 2], [2, 4], [4, 4], num_classes=CLASSES,
                              block=SwinTransformerBlockV2, downsample_layer=PatchMergingV2)


def maxvit():
    return tv.MaxVit((64, 64), 16, 2, [16, 32], [1, 2], 8, 0.0, num_classes=CLASSES)


def convnext():
    from torchvision.models.convnext import CNBlockConfig
    return tv.ConvNeXt([CNBlockConfig(16, 32, 2), CNBlockConfig(32, 48, 2), CNBlockConfig(48, 64, 3),
                        CNBlockConfig(64, None, 2)], num_classes=CLASSES)


def densenet():
    return tv.DenseNet(8, (2, 4, 4, 2), 16, num_classes=CLASSES)


def efficientnet_v2():
    from torchvision.models.efficientnet import FusedMBConvConfig, MBConvConfig
    return tv.EfficientNet([FusedMBConvConfig(1, 3, 1, 24, 24, 2), FusedMBConvConfig(4, 3, 2, 24, 48, 2),
                            FusedMBConvConfig(4, 3, 2, 48, 64, 2), MBConvConfig(4, 3, 2, 64, 128, 3),
                            MBConvConfig(6, 3, 1, 128, 160, 2), MBConvConfig(6, 3, 2, 160, 256, 3)],
                           0.2, num_classes=CLASSES, last_channel=320)


def inception():
    return published('inception_v3', 8, init_weights=False, aux_logits=False)


def googlenet():
    return published('googlenet', 4, init_weights=False, aux_logits=False)


def timm_model(name, **kwargs):
    def build():
        import timm
        return timm.create_model(name, pretrained=False, num_classes=CLASSES, **kwargs)
    return build


def small_vit(name, **kwargs):
    return timm_model(name, img_size=32, patch_size=8, embed_dim=32, depth=3, num_heads=2, **kwargs)


def mixer():
    from timm.models.mlp_mixer import MlpMixer
    return MlpMixer(CLASSES, img_size=32, patch_size=8, embed_dim=32, num_blocks=3)


# name: (network, side, operator set or None)
OLD = {
    'resnet18-torch1': (lambda: published('resnet18', 4), 64, 11),
    'wide-resnet50-torch1': (lambda: published('wide_resnet50_2', 8), 64, 13),
    'vgg11-bn-torch1': (lambda: published('vgg11_bn', 8), 224, 13),
    'alexnet-torch1': (lambda: published('alexnet', 4), 224, 9),
    'mobilenet-v2-torch1': (lambda: published('mobilenet_v2', 4), 64, 12),
    'mobilenet-v3-torch1': (lambda: published('mobilenet_v3_small', 2), 64, 14),
    'efficientnet-b0-torch1': (lambda: published('efficientnet_b0', 4), 64, 17),
    'densenet-torch1': (densenet, 64, 17),
    'shufflenet-v2-torch1': (lambda: published('shufflenet_v2_x1_0', 2), 64, 13),
    'squeezenet1-1-torch1': (lambda: published('squeezenet1_1', 4), 64, 10),
    'inception-v3-torch1': (inception, 96, 17),
    'googlenet-torch1': (googlenet, 64, 17),
    'regnet-y-torch1': (lambda: published('regnet_y_400mf', 4), 64, 17),
    'mnasnet-torch1': (lambda: published('mnasnet1_0', 4), 64, 17),
    'convnext-torch1': (convnext, 64, 17),
    'vit-torch1': (vit, 32, 17),
    'swin-torch1': (swin, 32, 17),
}
NEW = {
    'resnet50-torch2': (lambda: published('resnet50', 8), 64, None),
    'resnext50-torch2': (lambda: published('resnext50_32x4d', 4), 64, None),
    'vgg16-torch2': (lambda: published('vgg16', 8), 224, None),
    'mobilenet-v2-torch2': (lambda: published('mobilenet_v2', 4), 64, None),
    'mobilenet-v3-torch2': (lambda: published('mobilenet_v3_large', 4), 64, None),
    'efficientnet-v2-torch2': (efficientnet_v2, 64, None),
    'densenet-torch2': (densenet, 64, None),
    'shufflenet-v2-torch2': (lambda: published('shufflenet_v2_x0_5', 2), 64, None),
    'squeezenet1-0-torch2': (lambda: published('squeezenet1_0', 4), 64, None),
    'googlenet-torch2': (googlenet, 64, None),
    'regnet-x-torch2': (lambda: published('regnet_x_400mf', 4), 64, None),
    'mnasnet-torch2': (lambda: published('mnasnet0_5', 2), 64, None),
    'convnext-torch2': (convnext, 64, None),
    'vit-torch2': (vit, 32, None),
    'swin-torch2': (swin, 32, None),
    'swin-v2-torch2': (swin_v2, 32, None),
    'maxvit-torch2': (maxvit, 64, None),
    'resnet-d-timm': (timm_model('resnet10t', stem_width=8, channels=(16, 32, 64, 128)), 64, None),
    'se-resnet-timm': (timm_model('test_resnet'), 64, None),
    'mobilenet-v1-timm': (lambda: narrow(timm_model('mobilenetv1_100')(), 4), 64, None),
    'mobilenet-v3-timm': (timm_model('mobilenetv3_small_050'), 64, None),
    'efficientnet-v2-timm': (lambda: narrow(timm_model('tf_efficientnetv2_b0')(), 4), 64, None),
    'convnext-timm': (timm_model('test_convnext'), 64, None),
    'vit-timm': (small_vit('vit_tiny_patch16_224'), 32, None),
    'deit-distilled-timm': (small_vit('deit_tiny_distilled_patch16_224'), 32, None),
    'mixer-timm': (mixer, 32, None),
    'clip-timm': (small_vit('vit_base_patch16_clip_224'), 32, None),
}


def perturb(model, side):
    """Weights that differ, and statistics of batch normalization that are those of noise, so that no layer explodes."""
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    with torch.no_grad():
        for value in model.parameters():
            value.add_(torch.randn_like(value) * 0.02)
        for norm in norms:
            norm.momentum = 1.0
        if norms:
            model.train()
            model(torch.randn(8, 3, side, side))
    return model.eval()


def export(model, side, opset, new):
    image = torch.randn(2, 3, side, side)
    stream = io.BytesIO()
    if not new:
        torch.onnx.export(model, image, stream, opset_version=opset, input_names=['input'], output_names=['output'],
                          dynamic_axes={'input': {0: 'batch'}, 'output': {0: 'batch'}})
        return onnx.load_from_string(stream.getvalue())
    try:
        free = torch.export.Dim('batch', min=2, max=64)
        program = torch.onnx.export(model, (image,), dynamo=True, dynamic_shapes=({0: free},), verbose=False)
    except Exception as error:
        print(f'  fixed batch, since {str(error).strip().splitlines()[-1]}')
        program = torch.onnx.export(model, (image,), dynamo=True, verbose=False)
    return program.model_proto


def main():
    folder, exporter, *names = sys.argv[1:]
    table = NEW if exporter == 'new' else OLD
    for name in names or table:
        build, side, opset = table[name]
        torch.manual_seed(1234)
        try:
            write(export(perturb(build(), side), side, opset, exporter == 'new'), folder, name)
        except Exception as error:
            print(f'{name}: {type(error).__name__}: {str(error).strip().splitlines()[-1]}', flush=True)


if __name__ == '__main__':
    main()
