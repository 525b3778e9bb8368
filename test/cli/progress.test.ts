import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Bars } from '../../core/cli/output/bars.ts';
import { JsonLines, Silence } from '../../core/cli/output/json-lines.ts';
import { Lines } from '../../core/cli/output/lines.ts';
import { Pace } from '../../core/cli/output/pace.ts';
import { Track } from '../../core/cli/output/track.ts';
import { jobEvents } from './events.ts';
import { TestIo } from './io.ts';

describe('plain lines', () => {
  it('tell every fact once, and how each stage ended', () => {
    const io = new TestIo();
    const lines = new Lines(io, () => 0);
    for (const event of jobEvents()) lines.show(event);
    expect(io.stdout).toBe('');
    expect(io.stderr.trimEnd().split('\n')).toEqual([
      'Feature layer: pool [batch, 64, 7, 7], mean over the map: 64 features, then a classifier that is kept as it is, of 3 classes',
      '  because the last map before the classes',
      '  other candidates, for --at: earlier',
      'Preprocessing: 224x224 RGB NCHW, shorter side to 256 (bilinear), then centre crop, value = x/255 (assumed: the model does not say; set it with --preprocess)',
      'Data: /photos (metadata.csv)',
      '  3 classes; 8 images to train on, 2 images held out; 1 without text',
      '  2 files left out',
      'Features: 0 of 10',
      'Features: 10 images done, 4 of them from the cache',
      'Classes: a new classifier layer, because the model does not know "a"',
      'images differ in size',
      'MARNet (run folder runs/1)',
      '  epoch 3/3: loss 1.500 (ema 0.300, rec 0.200), training top-1 50.0 %, holdout top-1 50.0 %',
      '  all 3 epochs done; best holdout top-1 50.0 %, at epoch 2',
      'Written: merged.onnx (1.2 MB)',
    ]);
  });

  it('speak of progress a few times a minute, however many steps there are', () => {
    const io = new TestIo();
    let now = 0;
    const lines = new Lines(io, () => now);
    const [epochs, steps] = [50, 20];
    for (const event of jobEvents(epochs, steps)) {
      if (event.type === 'step') now += 0.1;
      lines.show(event);
    }
    const spoken = io.stderr.split('\n').filter((line) => /^ {2}epoch /.test(line));
    const seconds = epochs * steps * 0.1;
    expect(spoken.length).toBeGreaterThan(seconds / Lines.interval / 2);
    expect(spoken.length).toBeLessThanOrEqual(seconds / Lines.interval + 1);
  });
});

/** A terminal that remembers what is drawn on it. */
function terminalOf(columns: number) {
  const terminal = Object.assign(new PassThrough(), {
    isTTY: true,
    columns,
    cursorTo() {},
    clearLine() {},
  });
  let drawn = '';
  terminal.on('data', (chunk) => {
    drawn += chunk;
  });
  return { terminal, drawn: () => drawn };
}

describe('bars', () => {
  it.each([200, 80])(
    'draw the stage, the share done, the loss and the best holdout accuracy in %i columns',
    (columns) => {
      const { terminal, drawn } = terminalOf(columns);
      const io = new TestIo({ terminal });
      const bars = new Bars(io);
      const events = [...jobEvents(3, 2)];
      const end = events.findIndex((event) => event.type === 'stopped');
      for (const event of events.slice(0, end)) bars.show(event);
      bars.close();
      for (const event of events.slice(end)) bars.show(event);
      const text = stripVTControlCharacters(drawn());
      expect(text).toMatch(/MARNet .*100 %/);
      expect(text).toContain('loss 1.500');
      expect(text).toContain('holdout 50.0 %');
      expect(io.stderr).toContain('MARNet (run folder runs/1)');
      expect(io.stdout).toBe('');
    },
  );

  it('draw no more once settled, so that the cursor is never left hidden', () => {
    const { terminal, drawn } = terminalOf(80);
    const bars = new Bars(new TestIo({ terminal }));
    const events = [...jobEvents(3, 2)];
    const step = events.findIndex((event) => event.type === 'step') + 1;
    for (const event of events.slice(0, step)) bars.show(event);
    bars.settle();
    const before = drawn();
    const [hide, show] = ['\u001b[?25l', '\u001b[?25h'];
    expect(before.split(hide).length).toBe(before.split(show).length);
    for (const event of events.slice(step)) bars.show(event);
    expect(drawn()).toBe(before);
  });
});

describe('JSON lines', () => {
  it('are the events in order, with counts in place of the rows', () => {
    const io = new TestIo();
    const lines = new JsonLines(io);
    const events = [...jobEvents()];
    for (const event of events) lines.show(event);
    const objects = io.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(objects.map((object) => object.type)).toEqual(events.map((event) => event.type));
    expect(objects.find((object) => object.type === 'data')).toEqual({
      type: 'data',
      root: '/photos',
      layout: 'metadata.csv',
      why: 'metadata.csv',
      classes: ['a', 'b', 'c'],
      train: 8,
      holdout: 2,
      test: 0,
      holdoutFrom: 'drawn',
      withoutText: 1,
      notices: ['2 files left out'],
    });
    expect(objects.find((object) => object.type === 'step').losses.loss).toBe(1.5);
    expect(io.stderr).toBe('');
  });
});

describe('silence', () => {
  it('shows no event', () => {
    const io = new TestIo();
    const silence = new Silence(io);
    for (const event of jobEvents()) silence.show(event);
    expect(io.stdout + io.stderr).toBe('');
  });
});

describe('the pace', () => {
  it('is that of the last seconds, and tells the time left', () => {
    let now = 0;
    const pace = new Pace(() => now);
    expect(pace.rate).toBeUndefined();
    // 10 a second for a minute, then 2 a second for a minute.
    let done = 0;
    for (let second = 1; second <= 60; second++) {
      now = second;
      done += 10;
      pace.mark(done);
    }
    expect(pace.rate).toBeCloseTo(10);
    for (let second = 61; second <= 120; second++) {
      now = second;
      done += 2;
      pace.mark(done);
    }
    expect(pace.rate).toBeCloseTo(2);
    expect(pace.left(30)).toBeCloseTo(15);
  });

  it('of a stage starts anew with the stage, and does not count cached images', () => {
    const track = new Track();
    track.after({ type: 'features', done: 90, total: 100, cached: 90 });
    const standing = track.after({ type: 'features', done: 90, total: 100, cached: 90 })!;
    expect(standing).toMatchObject({ stage: 'Features', done: 90, total: 100, rate: undefined });
    track.after({ type: 'stage', stage: 'plain', folder: 'runs/1/plain' });
    const steps = [...jobEvents(3, 2)].filter((event) => event.type === 'step');
    expect(track.after(steps[0]!)).toMatchObject({ stage: 'Plain fine-tuning', done: 1, total: 6 });
    expect(track.after(steps[3]!)).toMatchObject({ done: 4, total: 6 });
  });
});
