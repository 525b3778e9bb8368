"""Writes schema.json: signatures of operators as the onnx package and, for its own domains, onnxruntime state them.

usage: python codegen/operators/read_schemas.py     (pip install onnx onnxruntime)

Facts alone: names, versions, inputs, outputs, element types, attributes and their defaults. Of each op the version that
operator set 7 has, and all later ones up to 24; of onnxruntime's ops and of ai.onnx.ml those that the project reads or
writes.

An op is a list of versions, the oldest first; a field left out is as in the version before, or empty in the first.
  inputs, outputs  "name:type", with ? behind the name of an optional one, * of a variadic one, ~ of a variadic one of
                   mixed types; the type is an element type or a variable of `types`
  least            how many inputs there must be where the last is variadic
  types            variable -> the set of element types that it stands for, by its name in the list at the top
  attributes       name -> [kind], [kind, default], or ["kind!"] where it must be there
"""
import json
import pathlib

import numpy
import onnx
import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import get_all_operator_schema

OLDEST, NEWEST = 7, 24  # What core/onnx/upgrade reads.
MICROSOFT = """
Attention AttnLSTM BeamSearch BiasAdd BiasDropout BiasGelu BiasSoftmax BiasSplitGelu BifurcationDetector
BitmaskBiasDropout BitmaskDropout CDist ComplexMul ComplexMulConj ConvTransposeWithDynamicPads CropAndResize
DecoderAttention DecoderMaskedMultiHeadAttention DecoderMaskedSelfAttention DequantizeBFP DequantizeLinear
DequantizeWithOrder DynamicQuantizeLSTM DynamicQuantizeMatMul DynamicTimeWarping EPContext EmbedLayerNormalization
ExpandDims FastGelu FusedConv FusedGemm FusedMatMul FusedMatMulActivation GatedRelativePositionBias
GatherBlockQuantized GatherND Gelu GemmFastGelu GemmFloat8 GemmaRotaryEmbedding GreedySearch GridSample GroupNorm
GroupQueryAttention Inverse Irfft IsAllFinite LongformerAttention MRotaryEmbedding MatMulBlockQuantizedFp4Weight
MatMulBlockQuantizedFp8Weight MatMulBnb4 MatMulFpQ4 MatMulInteger16 MatMulIntegerToFloat MatMulNBits MatMulNBitsMlp
MatMulNBitsQLoRA MatMulNBitsQkv MaxpoolWithMask MoE MulInteger MultiHeadAttention MurmurHash3 NGramRepeatBlock
NhwcConv NhwcFusedConv NhwcMaxPool PackedAttention PackedMultiHeadAttention Pad PagedAttention QAttention
QEmbedLayerNormalization QGemm QLinearAdd QLinearAveragePool QLinearConcat QLinearConv QLinearGlobalAveragePool
QLinearLeakyRelu QLinearMul QLinearReduceMean QLinearSigmoid QLinearSoftmax QLinearWhere QMoE QOrderedAttention
QOrderedGelu QOrderedLayerNormalization QOrderedLongformerAttention QOrderedMatMul QuantizeBFP QuantizeLinear
QuantizeWithOrder QuickGelu Range ReduceSumInteger RelativePositionBias RemovePadding RestorePadding Rfft
RotaryEmbedding Sampling ScaledSiLU SimplifiedLayerNormalization SkipGroupNorm SkipLayerNormalization
SkipSimplifiedLayerNormalization Snpe SparseAttention Tokenizer TorchEmbedding TransposeMatMul
Trilu UnfoldTensor Unique WhisperBeamSearch WordConvEmbedding
""".split()
CLASSIC = ["Scaler"]
# onnxruntime keeps this one in the standard domain.
STANDARD = ["SimplifiedLayerNormalization"]
DTYPES = {"float": "float32", "double": "float64"}
KINDS = {"INT": "int", "FLOAT": "float", "STRING": "string", "TENSOR": "tensor", "GRAPH": "graph", "INTS": "ints",
         "FLOATS": "floats", "STRINGS": "strings"}
OPTIONS = {"Single": "", "Optional": "?", "Variadic": "*"}


def dtype(text):
    """'tensor(float)' is 'float32', 'seq(tensor(float))' is 'seq(float32)'."""
    if text.startswith("tensor("):
        return DTYPES.get(text[7:-1], text[7:-1])
    outer, inner = text[:-1].split("(", 1)
    return f"{outer}({inner if outer == 'map' else dtype(inner)})"


def plain(value):
    if isinstance(value, bytes):
        return value.decode()
    # The shortest number that is the same in float32, which is how the specification writes it.
    return float(str(numpy.float32(value))) if isinstance(value, float) else value


def attribute(it, default):
    kind = str(it.type).split(".")[-1]
    name = KINDS.get(kind, "opaque")
    if it.required:
        return [f"{name}!"]
    if default is None or not default.name or name in ("tensor", "graph", "opaque"):
        return [name]
    value = onnx.helper.get_attribute_value(default)
    return [name, [plain(v) for v in value] if kind.endswith("S") else plain(value)]


class Types:
    """Sets of element types, each listed once."""

    def __init__(self):
        self.sets = {}

    def name(self, strings):
        listed = tuple(sorted({dtype(s) for s in strings}))
        return self.sets.setdefault(listed, f"types{len(self.sets) + 1}")


def version(schema, types, type_of, default_of):
    allowed = {t.type_param_str: list(t.allowed_type_strs) for t in schema.type_constraints}

    def parameter(p):
        option = str(p.option).split(".")[-1]
        mixed = option == "Variadic" and not getattr(p, "is_homogeneous", getattr(p, "isHomogeneous", True))
        of = allowed.get(type_of(p), [type_of(p)])
        kind = dtype(of[0]) if len(of) == 1 else type_of(p)
        return f"{p.name}{OPTIONS[option]}{'~' if mixed else ''}:{kind}"

    variadic = schema.inputs and "Variadic" in str(schema.inputs[-1].option)
    return {
        "since": schema.since_version,
        "inputs": [parameter(p) for p in schema.inputs],
        "outputs": [parameter(p) for p in schema.outputs],
        "least": schema.min_input if variadic else 0,
        "types": {name: types.name(of) for name, of in sorted(allowed.items()) if len(of) > 1},
        "attributes": {name: attribute(it, default_of(it)) for name, it in sorted(schema.attributes.items())},
        "deprecated": schema.deprecated,
    }


def changes(versions):
    before = {}
    for entry in versions:
        yield {field: value for field, value in entry.items() if value != before.get(field, type(value)())}
        before = entry


def current(versions):
    """What operator sets from OLDEST on have."""
    ordered = sorted(versions, key=lambda schema: schema.since_version)
    first = max((i for i, s in enumerate(ordered) if s.since_version <= OLDEST), default=0)
    return [s for s in ordered[first:] if s.since_version <= NEWEST]


def microsoft_default(it):
    return onnx.AttributeProto.FromString(it._default_value) if it._default_value else None


def main():
    types, operators = Types(), {}
    by_name = {}
    for schema in onnx.defs.get_all_schemas_with_history():
        if schema.domain == "":
            by_name.setdefault(schema.name, []).append(schema)
        if schema.domain == "ai.onnx.ml" and schema.name in CLASSIC:
            by_name.setdefault(f"{schema.domain}:{schema.name}", []).append(schema)
    for name in sorted(by_name):
        versions = [version(s, types, lambda p: p.type_str, lambda it: it.default_value)
                    for s in current(by_name[name])]
        if versions:
            operators[name] = list(changes(versions))
    for s in sorted(get_all_operator_schema(), key=lambda s: (s.domain, s.name)):
        own = s.domain == "com.microsoft" and s.name in MICROSOFT or s.domain == "com.microsoft.nchwc"
        if own or s.domain == "" and s.name in STANDARD:
            key = f"{s.domain}:{s.name}" if s.domain else s.name
            operators[key] = list(changes([version(s, types, lambda p: p.typeStr, microsoft_default)]))

    line = lambda value: json.dumps(value, separators=(", ", ": "))
    sets = ",\n".join(f'    "{name}": {line(list(listed))}' for listed, name in types.sets.items())
    blocks = ",\n".join(f'    "{name}": [\n' + ",\n".join(f"      {line(v)}" for v in versions) + "\n    ]"
                        for name, versions in sorted(operators.items()))
    sources = line({"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__})
    text = (f'{{\n  "sources": {sources},\n  "operatorSets": [{OLDEST}, {NEWEST}],\n  "types": {{\n{sets}\n  }},\n'
            f'  "operators": {{\n{blocks}\n  }}\n}}\n')
    (pathlib.Path(__file__).parent / "schema.json").write_text(text)


main()
