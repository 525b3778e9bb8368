"""Takes the weights out of an ONNX file and leaves what is needed to draw others like them.

A float32 initializer of 32 elements or more whose values differ loses its bytes, and gets the doc_string
"seeded MEAN STD MIN MAX" of its values, which fixtures/seeded.ts reads. Constants of few values (masks, zeros) and
integers stay: they are structure. Whatever names this machine (stack traces, paths) is taken out.
"""
import gzip
import os

import numpy as np
import onnx
from onnx import numpy_helper

SMALL = 32


def drop_weights(model):
    for tensor in model.graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT or int(np.prod(tensor.dims)) < SMALL:
            continue
        values = numpy_helper.to_array(tensor).astype(np.float64)
        if len(np.unique(values)) < values.size // 4:
            continue
        tensor.ClearField('raw_data')
        tensor.ClearField('float_data')
        tensor.doc_string = 'seeded ' + ' '.join(
            f'{v:.6g}' for v in (values.mean(), values.std(), values.min(), values.max()))


def drop_traces(message):
    for entry in [e for e in message.metadata_props if 'trace' in e.key or 'forward' in e.key]:
        message.metadata_props.remove(entry)


def tidy(model):
    for node in model.graph.node:
        node.ClearField('doc_string')
        if hasattr(node, 'metadata_props'):
            drop_traces(node)
    for function in model.functions:
        for node in function.node:
            node.ClearField('doc_string')
            if hasattr(node, 'metadata_props'):
                drop_traces(node)
    if hasattr(model.graph, 'metadata_props'):
        drop_traces(model.graph)
        del model.graph.metadata_props[:]
    for value in model.graph.value_info:
        if hasattr(value, 'metadata_props'):
            del value.metadata_props[:]
    for tensor in model.graph.initializer:
        if hasattr(tensor, 'metadata_props'):
            del tensor.metadata_props[:]


def write(model, folder, name):
    drop_weights(model)
    tidy(model)
    os.makedirs(os.path.join(folder, name), exist_ok=True)
    path = os.path.join(folder, name, 'graph.onnx.gz')
    with open(path, 'wb') as file:
        file.write(gzip.compress(model.SerializeToString(), 9, mtime=0))
    opsets = {o.domain: o.version for o in model.opset_import}
    print(f'{name}: {len(model.graph.node)} nodes, opset {opsets}, {os.path.getsize(path)} bytes', flush=True)
