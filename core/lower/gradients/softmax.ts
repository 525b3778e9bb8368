import { input, intOf, type Lowerings } from '../lowering.ts';

export const SOFTMAX: Lowerings = {
  SoftmaxGradient: (site) => {
    const { builder, node } = site;
    const [y, dy] = [input(site, 0), input(site, 1)];
    const mean = builder.reduceSum(builder.mul(dy, y), [intOf(node, 'axis')], true);
    return [builder.mul(y, builder.sub(dy, mean))];
  },
  LogSoftmaxGradient: (site) => {
    const { builder, node } = site;
    const [y, dy] = [input(site, 0), input(site, 1)];
    const total = builder.reduceSum(dy, [intOf(node, 'axis')], true);
    return [builder.sub(dy, builder.mul(builder.exp(y), total))];
  },
};
