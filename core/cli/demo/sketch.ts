/** SVG strokes and colours that every drawn thing shares. Lengths are in percent of the picture's width. */

import type { Chance } from './chance.ts';

/** Two decimals are far below a pixel and keep the text short. */
export const n = (value: number): string => String(Math.round(value * 100) / 100);

export function ellipse(cx: number, cy: number, rx: number, ry: number, fill: string, more = ''): string {
  return `<ellipse cx="${n(cx)}" cy="${n(cy)}" rx="${n(rx)}" ry="${n(ry)}" fill="${fill}" ${more}/>`;
}

export function circle(cx: number, cy: number, r: number, fill: string, more = ''): string {
  return `<circle cx="${n(cx)}" cy="${n(cy)}" r="${n(r)}" fill="${fill}" ${more}/>`;
}

export function box(
  x: number,
  y: number,
  w: number,
  h: number,
  corner: number,
  fill: string,
  more = '',
): string {
  return `<rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}" rx="${n(corner)}" fill="${fill}" ${more}/>`;
}

export function shape(d: string, fill: string, more = ''): string {
  return `<path d="${d}" fill="${fill}" ${more}/>`;
}

export function stroke(d: string, colour: string, width: number, more = ''): string {
  return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${n(width)}" stroke-linecap="round" ${more}/>`;
}

/** A closed smooth outline through points around the origin, whose radius wobbles by `wobble` (a fraction). */
export function blob(chance: Chance, radius: number, corners: number, wobble: number, squash = 1): string {
  const points: [number, number][] = [];
  for (let i = 0; i < corners; i++) {
    const angle = (2 * Math.PI * i) / corners;
    const r = radius * (1 + chance.between(-wobble, wobble));
    points.push([r * Math.cos(angle), r * squash * Math.sin(angle)]);
  }
  // Quadratic arcs between the midpoints of neighbouring corners join without a kink.
  const middle = (i: number): [number, number] => {
    const [ax, ay] = points[i % corners]!;
    const [bx, by] = points[(i + 1) % corners]!;
    return [(ax + bx) / 2, (ay + by) / 2];
  };
  const [startX, startY] = middle(corners - 1);
  let d = `M${n(startX)} ${n(startY)}`;
  for (let i = 0; i < corners; i++) {
    const [cx, cy] = points[i]!;
    const [x, y] = middle(i);
    d += `Q${n(cx)} ${n(cy)} ${n(x)} ${n(y)}`;
  }
  return `${d}Z`;
}

export function placed(x: number, y: number, degrees: number, scale: number, inner: string): string {
  return `<g transform="translate(${n(x)} ${n(y)}) rotate(${n(degrees)}) scale(${n(scale)})">${inner}</g>`;
}

/** The colour `#rrggbb`, a little lighter or darker and a little off in hue: no two pieces are quite alike. */
export function tone(chance: Chance, hex: string, amount = 0.1): string {
  const gain = 1 + chance.between(-amount, amount);
  return recolour(hex, (channel) => channel * gain + chance.between(-60, 60) * amount);
}

/** The colour `#rrggbb` made darker (factor < 1) or lighter. */
export function dimmed(hex: string, factor: number): string {
  return recolour(hex, (channel) => channel * factor);
}

function recolour(hex: string, change: (channel: number) => number): string {
  let result = '#';
  for (const at of [1, 3, 5]) {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16);
    const value = Math.round(Math.min(255, Math.max(0, change(channel))));
    result += value.toString(16).padStart(2, '0');
  }
  return result;
}
