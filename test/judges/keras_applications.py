"""Writes Keras applications as TensorFlow.js models, for tfjs-parity.ts to compare.

    python keras_applications.py FOLDER [NAME ...]

Each becomes FOLDER/NAME/layers/model.json and FOLDER/NAME/graph/model.json, as the official converter writes them,
and FOLDER/NAME/reference what Keras computes for one image.
Weights are drawn (nothing is downloaded), then normalizations and biases are moved away from the values that they start
with, so that a mistake in them shows. Outputs are the probabilities, the features under the classifier, and three
values inside.
Needs tensorflow 2.15 and, without its dependencies, tensorflowjs and tensorflow_hub.
"""
import importlib.machinery
import json
import os
import sys
import types
from unittest import mock

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
# Else a fused op that no TensorFlow.js runs (_FusedBatchNormEx) is put into DenseNet on some processors.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")


def absent(name):
    """A module that the converter imports, but does not need for Keras models."""
    module = types.ModuleType(name)
    module.__spec__ = importlib.machinery.ModuleSpec(name, None)
    module.__getattr__ = lambda attribute: mock.MagicMock() if not attribute.startswith("__") else None
    sys.modules[name] = module


for dependency in ("tensorflow_decision_forests", "jax", "jax.experimental", "jax.experimental.jax2tf"):
    absent(dependency)

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tensorflowjs as tfjs  # noqa: E402
from tensorflowjs.converters import tf_saved_model_conversion_v2 as graph_conversion  # noqa: E402

SIDE = 128

APPLICATIONS = {
    "mobilenet": tf.keras.applications.MobileNet,
    "mobilenet_v2": tf.keras.applications.MobileNetV2,
    "mobilenet_v3": tf.keras.applications.MobileNetV3Small,
    "resnet50": tf.keras.applications.ResNet50,
    "efficientnet_b0": tf.keras.applications.EfficientNetB0,
    "densenet121": tf.keras.applications.DenseNet121,
    "nasnet_mobile": tf.keras.applications.NASNetMobile,
    "xception": tf.keras.applications.Xception,
    "convnext_tiny": tf.keras.applications.ConvNeXtTiny,
}


def without_slashes(model):
    """The same model, its layers named without slashes: the converter loses weights of layers named Conv/BatchNorm."""

    def renamed(layer):
        config = layer.get_config()
        config["name"] = config["name"].replace("/", "_")
        return layer.__class__.from_config(config)

    return tf.keras.models.clone_model(model, clone_function=renamed)


def build(name):
    tf.keras.backend.clear_session()
    tf.keras.utils.set_random_seed(7)
    model = APPLICATIONS[name](weights=None, input_shape=(SIDE, SIDE, 3), classes=10)
    if any("/" in layer.name for layer in model.layers):
        model = without_slashes(model)
    draw = np.random.default_rng(7)
    for weight in model.weights:
        kind = weight.name.split("/")[-1].split(":")[0]
        if kind in ("gamma", "moving_variance", "variance"):
            weight.assign(draw.uniform(0.7, 1.4, weight.shape))
        elif kind in ("beta", "moving_mean", "bias", "mean"):
            weight.assign(draw.uniform(-0.1, 0.1, weight.shape))
    for layer in model.layers:
        if isinstance(layer, tf.keras.layers.Normalization):
            layer.finalize_state()
    classifier = next(layer for layer in reversed(model.layers) if layer.weights)
    # Deep networks with drawn weights forget their input, so what is inside is compared too: not the outputs of
    # convolutions, into which the converter of graph-models folds the normalization that follows.
    kinds = (tf.keras.layers.Activation, tf.keras.layers.ReLU, tf.keras.layers.Add, tf.keras.layers.Concatenate)
    starts = (len(model.layers) * k // 8 for k in (1, 3, 5))
    inside = [next(x for x in model.layers[start:] if isinstance(x, kinds)).output for start in starts]
    return tf.keras.Model(model.input, [model.output, classifier.input, *inside], name=name)


def compiled_apart(model):
    """Keras compiles convolutions in groups as functions of their own, which the converter refuses; here it does not."""
    for layer in model.layers + [inner for x in model.layers for inner in getattr(x, "layers", [])]:
        if getattr(layer, "groups", 1) > 1:
            layer._jit_compiled_convolution_op = layer.convolution_op


def write_reference(model, folder):
    """What Keras itself computes: input.bin and output0.bin ... beside a list of their shapes."""
    image = np.random.default_rng(8).uniform(-1, 1, (1, SIDE, SIDE, 3)).astype(np.float32)
    outputs = [np.asarray(output, np.float32) for output in model(image, training=False)]
    os.makedirs(folder)
    image.tofile(os.path.join(folder, "input.bin"))
    for i, output in enumerate(outputs):
        output.tofile(os.path.join(folder, f"output{i}.bin"))
    with open(os.path.join(folder, "shapes.json"), "w") as file:
        json.dump({"input": image.shape, "outputs": [output.shape for output in outputs]}, file)


def write(name, folder):
    model = build(name)
    compiled_apart(model)
    write_reference(model, os.path.join(folder, name, "reference"))
    tfjs.converters.save_keras_model(model, os.path.join(folder, name, "layers"))
    graph_conversion.convert_keras_model_to_graph_model(model, os.path.join(folder, name, "graph"))


if __name__ == "__main__":
    out, *names = sys.argv[1:]
    for each in names or APPLICATIONS:
        write(each, out)
        print(each, flush=True)
