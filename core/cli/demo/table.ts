/** What is around the food: the table, the things on it, and the plate or bowl itself. */

import type { Chance } from './chance.ts';
import { box, circle, dimmed, ellipse, n, placed, stroke, tone } from './sketch.ts';

const WOODS = ['#b07a4a', '#8a5a36', '#c99a66', '#6e4a30', '#d9b98c'];
const CLOTHS = ['#e9e4da', '#b9c7cf', '#7d8f9c', '#c9a3a0', '#95a58a', '#3f4a55', '#dcc9a6', '#566b8a'];
const ACCENTS = ['#c0392b', '#2f6f8f', '#e0a030', '#5d8a4a', '#f2efe8', '#7a4f7a'];
const DISHWARE = [
  '#f8f6f1',
  '#f8f6f1',
  '#eef0f0',
  '#e3ddd0',
  '#5d7f96',
  '#3b3f46',
  '#a9bfae',
  '#c98a62',
  '#d9b6ae',
];

/** The table's top: boards of wood, or a cloth that is plain, striped or checked. */
export function drawTable(chance: Chance): string {
  const turn = `transform="rotate(${n(chance.between(-40, 40))} 50 50)"`;
  if (chance.odds(0.45)) {
    const wood = chance.pick(WOODS);
    let boards = '';
    let grain = '';
    const height = chance.between(14, 26);
    for (let y = -40; y < 140; y += height) {
      boards += box(-40, y, 180, height - 0.6, 0, tone(chance, wood, 0.07));
      grain += `M-40 ${n(y + height * 0.3)}q60 ${n(chance.between(-4, 4))} 180 0`;
      grain += `M-40 ${n(y + height * 0.65)}q90 ${n(chance.between(-4, 4))} 180 0`;
    }
    boards += stroke(grain, dimmed(wood, 0.85), 0.5);
    return `<rect width="100" height="100" fill="${dimmed(wood, 0.6)}"/><g ${turn}>${boards}</g>`;
  }
  const cloth = tone(chance, chance.pick(CLOTHS), 0.06);
  const thread = dimmed(cloth, chance.pick([0.86, 1.1]));
  const step = chance.between(9, 18);
  const pattern = chance.pick(['plain', 'stripes', 'checks']);
  let lines = '';
  if (pattern !== 'plain') {
    let across = '';
    let down = '';
    for (let at = -40; at < 140; at += step) {
      across += `M-40 ${n(at)}H140`;
      down += `M${n(at)} -40V140`;
    }
    lines += stroke(across, thread, step * 0.45, 'stroke-opacity=".7"');
    if (pattern === 'checks') lines += stroke(down, thread, step * 0.45, 'stroke-opacity=".7"');
  }
  return `<rect width="100" height="100" fill="${cloth}"/><g ${turn}>${lines}</g>`;
}

function napkin(chance: Chance): string {
  const colour = tone(chance, chance.pick(ACCENTS), 0.08);
  return (
    box(-13, -13, 26, 26, 1, dimmed(colour, 0.8)) +
    box(-12.4, -12.6, 25, 25, 1, colour) +
    stroke('M-12 -9L12 -9M-12 9L12 9', dimmed(colour, 1.25), 0.8)
  );
}

function fork(): string {
  const steel = '#c9ced2';
  return (
    stroke('M0 -6L0 26', '#8d9499', 2.6) +
    stroke('M0 -6L0 26', steel, 1.9) +
    stroke('M-2.6 -16L-2.6 -8Q-2.6 -5 0 -5Q2.6 -5 2.6 -8L2.6 -16M0 -16L0 -6', steel, 1.2)
  );
}

function spoon(): string {
  return (
    stroke('M0 -6L0 26', '#8d9499', 2.6) +
    stroke('M0 -6L0 26', '#c9ced2', 1.9) +
    ellipse(0, -10, 4, 6, '#d5dadd') +
    ellipse(0.4, -10, 2.6, 4.4, '#aeb5ba')
  );
}

function chopsticks(chance: Chance): string {
  const wood = tone(chance, chance.pick(['#7b3f2a', '#3a2a24', '#c08a52']), 0.08);
  return stroke('M-1.4 -26L-2.2 26', wood, 1.6) + stroke('M2 -26L2.8 26', dimmed(wood, 1.1), 1.6);
}

function cup(chance: Chance): string {
  const china = tone(chance, chance.pick(DISHWARE), 0.05);
  const drink = chance.pick(['#5a3420', '#a8702c', '#c9d8b0', '#e8b24a']);
  return (
    stroke('M9 0q6 0 6 4', china, 2.4) +
    circle(0, 0, 10.5, dimmed(china, 0.82)) +
    circle(0, 0, 9.6, china) +
    circle(0, 0, 8, drink) +
    ellipse(-2, -3, 3, 1.4, '#fff', 'fill-opacity=".3"')
  );
}

function sauce(chance: Chance): string {
  const colour = chance.pick(['#3a1d12', '#b3261e', '#e0b030', '#f1ead2', '#5c7a2a']);
  return circle(0, 0, 7, '#d8d4cb') + circle(0, 0, 6.4, '#f3f1ec') + circle(0, 0, 5, colour);
}

interface Thing {
  draw(chance: Chance): string;
  /** Half-axes of its shadow; cutlery is too thin for one. */
  readonly shadow: readonly [number, number] | undefined;
}

const THINGS: readonly Thing[] = [
  { draw: napkin, shadow: undefined },
  { draw: fork, shadow: undefined },
  { draw: spoon, shadow: undefined },
  { draw: chopsticks, shadow: undefined },
  { draw: cup, shadow: [10.5, 10.5] },
  { draw: sauce, shadow: [7, 7] },
];

/** Up to three things beside the plate, at the picture's edges, partly outside it. */
export function drawClutter(chance: Chance): string {
  let svg = '';
  const count = chance.whole(0, 3);
  for (let i = 0; i < count; i++) {
    const angle = chance.between(0, 2 * Math.PI);
    const far = chance.between(44, 56);
    const [x, y] = [50 + far * Math.cos(angle), 50 + far * Math.sin(angle)];
    const thing = chance.pick(THINGS);
    // Cutlery lies along the plate's edge, as a hand would put it.
    const along = (angle * 180) / Math.PI + chance.between(-25, 25);
    const scale = chance.between(0.85, 1.15);
    if (thing.shadow !== undefined) {
      const [rx, ry] = thing.shadow;
      svg += ellipse(x + 1.2, y + 1.6, rx * scale, ry * scale, '#000', 'fill-opacity=".22"');
    }
    svg += placed(x, y, along, scale, thing.draw(chance));
  }
  return svg;
}

/** A plate or bowl around the origin: its drawing, and the radius within which food lies. */
export function drawPlate(chance: Chance, radius: number): { svg: string; inner: number } {
  const china = tone(chance, chance.pick(DISHWARE), 0.04);
  const bowl = chance.odds(0.4);
  const inner = radius * (bowl ? 0.84 : chance.between(0.72, 0.8));
  let svg = circle(0, 0, radius, dimmed(china, 0.8)) + circle(-0.3, -0.4, radius * 0.98, china);
  if (chance.odds(0.4)) {
    const ring = chance.pick(ACCENTS);
    const dashes = chance.odds(0.4)
      ? `stroke-dasharray="${n(chance.between(1, 4))} ${n(chance.between(1, 3))}"`
      : '';
    svg += circle(
      0,
      0,
      radius * 0.92,
      'none',
      `stroke="${ring}" stroke-width="${n(chance.between(0.8, 2))}" ${dashes}`,
    );
  }
  svg +=
    circle(0, 0, inner * 1.05, dimmed(china, bowl ? 0.7 : 0.9)) +
    circle(0.4, 0.5, inner * 1.02, dimmed(china, bowl ? 0.86 : 0.97));
  const shine = `M${n(-radius * 0.86)} ${n(-radius * 0.3)}A${n(radius * 0.9)} ${n(radius * 0.9)} 0 0 1 ${n(-radius * 0.3)} ${n(-radius * 0.86)}`;
  return { svg: svg + stroke(shine, '#fff', 1.2, 'stroke-opacity=".5"'), inner };
}

/** A sprig on the plate's rim. */
export function drawSprig(chance: Chance): string {
  const green = tone(chance, '#5a9a45', 0.12);
  let svg = stroke('M-5 0Q0 -1 4 0', dimmed(green, 0.8), 0.7);
  for (const x of [-3, -0.6, 1.8]) {
    svg += ellipse(x, -1.7, 1.7, 0.8, green, `transform="rotate(-35 ${x} 0)"`);
    svg += ellipse(x, 1.7, 1.7, 0.8, dimmed(green, 0.88), `transform="rotate(35 ${x} 0)"`);
  }
  return svg + ellipse(5, 0, 1.7, 0.9, green);
}
