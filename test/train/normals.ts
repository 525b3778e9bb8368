import { drawsFor } from '../../core/train/index.ts';

/** A stream of standard normal numbers (Box and Muller 1958), arrayful after arrayful. */
export function normalsFor(seed: number, name: string): (target: Float32Array) => void {
  const { uniform } = drawsFor(seed, name);
  return (target) => {
    for (let i = 0; i < target.length; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      target[i] = radius * Math.cos(angle);
      if (i + 1 < target.length) target[i + 1] = radius * Math.sin(angle);
    }
  };
}
