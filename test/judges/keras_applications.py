"""Writes Keras applications as TensorFlow.js models, for tfjs-parity.ts to compare.

    python keras_applications.py FOLDER [NAME ...]

Each becomes FOLDER/NAME/layers/model.json and FOLDER/NAME/graph/model.json, as the official converter writes them.
Weights are drawn (nothing is downloaded), then normalizations and biases are moved away from the values that they start
with, so that a mistake in them shows. Outputs are the probabilities, the features under the classifier, and three
values inside.
Needs tensorflow 2.15 and, without its dependencies, tensorflowjs and tensorflow_hub.
"""
import importlib.machinery
import os
import sys
import types
from unittest import mock

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")


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
    # Deep networks with drawn weights forget their input: what is inside is compared too.
    inside = [model.layers[len(model.layers) * k // 8].output for k in (1, 3, 5)]
    return tf.keras.Model(model.input, [model.output, classifier.input, *inside], name=name)


def write(name, folder):
    model = build(name)
    tfjs.converters.save_keras_model(model, os.path.join(folder, name, "layers"))
    graph_conversion.convert_keras_model_to_graph_model(model, os.path.join(folder, name, "graph"))


if __name__ == "__main__":
    out, *names = sys.argv[1:]
    for each in names or APPLICATIONS:
        write(each, out)
        print(each, flush=True)
