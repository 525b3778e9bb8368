/** What onnxruntime's optimizer fuses: a linear op and the activation, the sum or the transposition beside it. */
import {
  attributesOf,
  float,
  floatAttribute,
  floatsAttribute,
  intAttribute,
  stringAttribute,
  type Value,
} from '../../graph/index.ts';
import type { DecompositionRule, NodeContext } from '../rule.ts';
import { MICROSOFT } from './domain.ts';

/** Attributes that an activation takes, in the order in which a fused op lists their values. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  Relu: [],
  Sigmoid: [],
  Tanh: [],
  HardSwish: [],
  Softsign: [],
  Softplus: [],
  LeakyRelu: ['alpha'],
  Elu: ['alpha'],
  Celu: ['alpha'],
  ThresholdedRelu: ['alpha'],
  HardSigmoid: ['alpha', 'beta'],
  Selu: ['alpha', 'gamma'],
  Clip: ['min', 'max'],
};

/** The value of an activation's attribute, by its name and its place in the list. */
type Parameter = (name: string, place: number) => number | undefined;

function activated(c: NodeContext, x: Value, parameter: Parameter): Value {
  const name = stringAttribute(c.node, 'activation', undefined) ?? '';
  if (name === '') return x;
  const names = PARAMETERS[name];
  if (!names) throw c.unsupported(`its activation is "${name}"`);
  const values = names.map((key, i) => [key, parameter(key, i)] as const);
  if (name === 'Clip') {
    const [min, max] = values.map(([, value]) =>
      value === undefined ? undefined : c.builder.scalar(value, x),
    );
    return c.builder.op('Clip', [x, min, max]);
  }
  const given = values.flatMap(([key, value]) => (value === undefined ? [] : [[key, float(value)] as const]));
  return c.builder.emit(name, [x], Object.fromEntries(given))[0]!;
}

const typesOf = (c: NodeContext) => {
  const [y] = c.outputs;
  return y ? { types: [{ dtype: y.dtype, shape: y.shape }] } : {};
};

const named =
  (c: NodeContext): Parameter =>
  (name) =>
    floatAttribute(c.node, `activation_${name}`, undefined);

const listed = (c: NodeContext): Parameter => {
  const values = floatsAttribute(c.node, 'activation_params', []);
  return (_, place) => values[place];
};

function fusedConv(c: NodeContext): Value[] {
  const [x, w, bias, sum] = [c.input(0), c.input(1), c.inputs[2], c.inputs[3]];
  const conv = c.builder.op('Conv', [x, w, bias], attributesOf('Conv', c.node.attributes), typesOf(c));
  return [activated(c, sum ? c.builder.add(conv, sum) : conv, listed(c))];
}

function fusedGemm(c: NodeContext): Value[] {
  const attributes = attributesOf('Gemm', c.node.attributes);
  const product = c.builder.op('Gemm', [c.input(0), c.input(1), c.inputs[2]], attributes);
  return [activated(c, product, named(c))];
}

/** transBatch moves the first axis to the rows; trans then exchanges rows and columns. */
function operand(c: NodeContext, i: number, side: 'A' | 'B'): Value {
  const x = c.input(i);
  const rank = x.shape.length;
  if (rank < 2) return x;
  let axes = x.shape.map((_, axis) => axis);
  if (intAttribute(c.node, `transBatch${side}`, undefined) === 1)
    axes = [...axes.slice(1, -1), 0, axes.at(-1)!];
  if (intAttribute(c.node, `trans${side}` as const) === 1)
    axes = [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
  return c.builder.transpose(x, axes);
}

function fusedMatMul(c: NodeContext): [Value] {
  const b = c.builder;
  const product = b.matMul(operand(c, 0, 'A'), operand(c, 1, 'B'));
  const alpha = floatAttribute(c.node, 'alpha');
  return [alpha === 1 ? product : b.mul(product, b.scalar(alpha, product))];
}

/** Images with channels last; weights as in Conv. */
function nhwcConv(c: NodeContext): [Value] {
  const b = c.builder;
  const spatial = c.shape(0).slice(2);
  const first = b.transpose(c.input(0), [0, spatial.length + 1, ...spatial.map((_, i) => i + 1)]);
  const y = b.op('Conv', [first, c.input(1), c.inputs[2]], attributesOf('Conv', c.node.attributes));
  return [b.transpose(y, [0, ...spatial.map((_, i) => i + 2), 1])];
}

function nhwcFusedConv(c: NodeContext): Value[] {
  const [conv] = nhwcConv(c);
  const sum = c.inputs[3];
  return [activated(c, sum ? c.builder.add(conv, sum) : conv, listed(c))];
}

export const FUSED_DECOMPOSITIONS: readonly DecompositionRule[] = [
  {
    op: 'FusedConv',
    domain: MICROSOFT,
    form: 'activation(Conv(x, w, b) + z)',
    decompose: fusedConv,
  },
  { op: 'FusedGemm', domain: MICROSOFT, form: 'activation(Gemm(a, b, c))', decompose: fusedGemm },
  {
    op: 'FusedMatMul',
    domain: MICROSOFT,
    form: 'alpha * MatMul(Transpose(a), Transpose(b))',
    decompose: fusedMatMul,
  },
  {
    op: 'TransposeMatMul',
    domain: MICROSOFT,
    form: 'alpha * MatMul(Transpose(a), Transpose(b))',
    decompose: fusedMatMul,
  },
  {
    op: 'NhwcConv',
    domain: MICROSOFT,
    form: 'Transpose(Conv(Transpose(x), w, b))',
    decompose: nhwcConv,
  },
  {
    op: 'NhwcFusedConv',
    domain: MICROSOFT,
    form: 'activation(Transpose(Conv(Transpose(x), w, b)) + z)',
    decompose: nhwcFusedConv,
  },
  {
    op: 'FusedMatMulActivation',
    domain: MICROSOFT,
    form: 'activation(alpha * MatMul(Transpose(a), Transpose(b)))',
    decompose: (c) => [activated(c, fusedMatMul(c)[0], named(c))],
  },
  {
    op: 'BiasAdd',
    domain: MICROSOFT,
    form: 'x + bias + skip',
    decompose: (c) => [c.builder.add(c.builder.add(c.input(0), c.input(1)), c.input(2))],
  },
];
