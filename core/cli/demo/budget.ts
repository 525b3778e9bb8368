/** The same for every contestant: as many passes over the same images in the same batches. */
export const BUDGET = { epochs: 10, batch: 32, patience: 0, backboneFactor: 1, learningRate: 1e-3 };
