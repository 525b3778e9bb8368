/** How fast images go through, over the last few seconds, and so how long the rest takes. */
export class Pace {
  readonly #now: () => number;
  readonly #marks: { at: number; done: number }[] = [];
  /** Seconds that a rate is taken over. */
  readonly #window = 10;

  /** @param now seconds since any fixed time. */
  constructor(now: () => number = () => performance.now() / 1000) {
    this.#now = now;
    this.#marks.push({ at: now(), done: 0 });
  }

  /** @param done images in total so far. */
  mark(done: number): void {
    const at = this.#now();
    this.#marks.push({ at, done });
    while (this.#marks.length > 2 && this.#marks[1]!.at < at - this.#window) this.#marks.shift();
  }

  /** Images a second; undefined until there is something to tell by. */
  get rate(): number | undefined {
    const [first, last] = [this.#marks[0]!, this.#marks.at(-1)!];
    const seconds = last.at - first.at;
    return seconds > 0 && last.done > first.done ? (last.done - first.done) / seconds : undefined;
  }

  /** Seconds for so many more images. */
  left(images: number): number | undefined {
    const { rate } = this;
    return rate === undefined ? undefined : images / rate;
  }
}
