import { mapBroadcast } from './array.ts';
import type { Call, Operators } from './operator.ts';

/** erf by its series near 0 and by the continued fraction of erfc further out; 1e-14 or better. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 80; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let k = 60; k >= 1; k--) fraction = k / 2 / (a + fraction);
  const tail = Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction);
  return Math.sign(x) * (1 - tail);
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

function gelu(x: number, approximate: string): number {
  if (approximate === 'tanh')
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
  return 0.5 * x * (1 + erf(x / Math.SQRT2));
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

const UNARY: Readonly<Record<string, (x: number, call: Call) => number>> = {
  Identity: (x) => x,
  Dropout: (x) => x,
  Cast: (x) => x,
  CastLike: (x) => x,
  StopGradient: (x) => x,
  Neg: (x) => -x,
  Abs: Math.abs,
  Exp: Math.exp,
  Log: Math.log,
  Sqrt: Math.sqrt,
  Reciprocal: (x) => 1 / x,
  Sin: Math.sin,
  Cos: Math.cos,
  Tan: Math.tan,
  Asin: Math.asin,
  Acos: Math.acos,
  Atan: Math.atan,
  Sinh: Math.sinh,
  Cosh: Math.cosh,
  Asinh: Math.asinh,
  Acosh: Math.acosh,
  Atanh: Math.atanh,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Round: roundHalfEven,
  Sign: Math.sign,
  Relu: (x) => Math.max(x, 0),
  LeakyRelu: (x, c) => (x > 0 ? x : c.float('alpha', 0.01) * x),
  Elu: (x, c) => (x > 0 ? x : c.float('alpha', 1) * Math.expm1(x)),
  Selu: (x, c) =>
    c.float('gamma', 1.0507010221481323) * (x > 0 ? x : c.float('alpha', 1.6732631921768188) * Math.expm1(x)),
  Sigmoid: sigmoid,
  HardSigmoid: (x, c) => clamp(c.float('alpha', 0.2) * x + c.float('beta', 0.5), 0, 1),
  HardSwish: (x) => x * clamp(x / 6 + 0.5, 0, 1),
  Tanh: Math.tanh,
  Erf: erf,
  Gelu: (x, c) => gelu(x, c.text('approximate', 'none')),
  Softplus: softplus,
  Softsign: (x) => x / (1 + Math.abs(x)),
  ThresholdedRelu: (x, c) => (x > c.float('alpha', 1) ? x : 0),
  Celu: (x, c) => (x > 0 ? x : c.float('alpha', 1) * Math.expm1(x / c.float('alpha', 1))),
  Swish: (x, c) => x * sigmoid(c.float('alpha', 1) * x),
  Shrink: (x, c) => {
    const [lambda, bias] = [c.float('lambd', 0.5), c.float('bias', 0)];
    return x < -lambda ? x + bias : x > lambda ? x - bias : 0;
  },
  Mish: (x) => x * Math.tanh(softplus(x)),
};

const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  /** With fmod: the result has the sign of a. */
  Mod: (a, b) => a % b,
  PRelu: (x, slope) => (x > 0 ? x : slope * x),
  Equal: (a, b) => Number(a === b),
  Greater: (a, b) => Number(a > b),
  Less: (a, b) => Number(a < b),
};

const VARIADIC: Readonly<Record<string, (...values: number[]) => number>> = {
  Max: Math.max,
  Min: Math.min,
  Sum: (...values) => values.reduce((a, b) => a + b),
  Mean: (...values) => values.reduce((a, b) => a + b) / values.length,
  Where: (condition, a, b) => (condition ? a! : b!),
};

const present = (call: Call) => call.inputs.map((_, i) => call.input(i));

export const ELEMENTWISE: Operators = {
  ...Object.fromEntries(
    Object.entries(UNARY).map(([op, f]) => [op, (call: Call) => mapBroadcast((x) => f(x!, call), call.x)]),
  ),
  ...Object.fromEntries(
    Object.entries(BINARY).map(([op, f]) => [
      op,
      (call: Call) => mapBroadcast((a, b) => f(a!, b!), call.x, call.input(1)),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(VARIADIC).map(([op, f]) => [op, (call: Call) => mapBroadcast(f, ...present(call))]),
  ),
  Clip: (call) => {
    const low = call.inputs[1]?.data[0] ?? call.float('min', -Infinity);
    const high = call.inputs[2]?.data[0] ?? call.float('max', Infinity);
    return mapBroadcast((x) => clamp(x!, low, high), call.x);
  },
};
