/** Numbers as people read them. */

/** A share of 0 to 1 as "93.1 %". */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** An integer as "1,234,567"; not by its locale, whose tables take 50 ms to load. */
export function grouped(n: number): string {
  return String(n).replace(/(?<=\d)(?=(\d{3})+$)/g, ',');
}

/** "3 images", "1 image" */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`;
}

/** "4.2 MB", in powers of 1000 as disks are sold. */
export function bytes(n: number): string {
  if (n < 1000) return `${n} bytes`;
  const power = Math.min(3, Math.floor(Math.log10(n) / 3));
  return `${(n / 1000 ** power).toFixed(1)} ${['bytes', 'KB', 'MB', 'GB'][power]}`;
}

/** "48 s", "3 min 20 s", "1 h 5 min" */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Four significant digits, or an exponent where the number is far from 1. */
export function short(n: number): string {
  if (n === 0) return '0';
  const magnitude = Math.abs(n);
  return magnitude < 1e-3 || magnitude >= 1e5 ? n.toExponential(1) : String(Number(n.toPrecision(4)));
}
