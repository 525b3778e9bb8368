import { type ActivationOptions, activation } from '../../ops/index.ts';
import type { Operation, Translation, Translations } from '../operation.ts';

const named =
  (name: string, options: (operation: Operation) => ActivationOptions = () => ({})): Translation =>
  (operation) =>
    activation(operation.builder, name, operation.x(), options(operation)) ?? operation.fail('is not known');

export const ACTIVATIONS: Translations = {
  Relu: named('relu'),
  Relu6: named('relu6'),
  LeakyRelu: named('leaky_relu', ({ attributes }) => ({ alpha: attributes.float('alpha', 0.2) })),
  Elu: named('elu'),
  Selu: named('selu'),
  Sigmoid: named('sigmoid'),
  Tanh: named('tanh'),
  Softmax: named('softmax'),
  LogSoftmax: named('log_softmax'),
  Softplus: named('softplus'),
  Softsign: named('softsign'),
  Mish: named('mish'),
  Prelu: (operation) => operation.builder.op('PRelu', [operation.x(0), operation.x(1)]),
};
