import { beforeEach, describe, expect, test } from 'vitest';
import { TopSession } from '../../../src/tui/app/session.ts';
import type { Line } from '../../../src/tui/frame/line.ts';
import { plainText } from '../../../src/tui/frame/painter.ts';
import { DEFAULT_BINDINGS } from '../../../src/tui/keys/bindings.ts';
import type { Details } from '../../../src/tui/screens/details.ts';
import { SCREENS } from '../../../src/tui/screens/index.ts';
import type { Effect, ScreenName } from '../../../src/tui/ui/state.ts';
import { pausable } from '../../../src/tui/view/pause.ts';
import type { ViewStore } from '../../../src/tui/view/store.ts';
import { VirtualClock } from '../../daemon/marathon/support/virtual-clock.ts';
import { someCluster } from '../ui/person.ts';
import { NOW, task } from '../view/rows.ts';

let clock: VirtualClock;
let view: ViewStore;
let frames: string[];
let effects: Effect[];
let session: TopSession;

let details: Details;

function start(
  screen: ScreenName,
  size = { columns: 80, rows: 24 },
  pause: (isPaused: boolean) => void = () => undefined,
): void {
  session = new TopSession({
    clock,
    view,
    screens: SCREENS,
    details: {
      of: (name, subject) => details.of(name, subject),
      get version() {
        return details.version;
      },
    },
    pause,
    bindings: DEFAULT_BINDINGS,
    size,
    screen,
    isReadonly: false,
    hasMarks: true,
    paint: (frame: readonly Line[]) => frames.push(plainText(frame)),
    perform: (effect) => effects.push(effect),
    wipe: () => frames.push('wiped'),
  });
  session.start();
}

beforeEach(() => {
  details = { of: () => undefined, version: 0 };
  clock = new VirtualClock(NOW);
  view = someCluster();
  frames = [];
  effects = [];
});

const last = (): string => frames.at(-1) ?? '';
const type = (text: string): void => session.type(Buffer.from(text));

describe('the head', () => {
  test('says how far a large state is', () => {
    view.setFeed({ name: 'master', state: 'loading', address: 'm1:5050', why: undefined, loaded: 0.439 });
    start('tasks');
    session.stop();
    expect(last().split('\n')[0]).toMatch(/ master loading 43%$/);
  });
});

describe('a frame', () => {
  test('has exactly one row less than the window, head above, keys below, nothing wider', () => {
    for (const size of [
      { columns: 80, rows: 24 },
      { columns: 120, rows: 40 },
      { columns: 250, rows: 70 },
      { columns: 40, rows: 10 },
    ]) {
      for (const screen of SCREENS.keys()) {
        start(screen, size);
        session.stop();
        const lines = last().split('\n');
        expect(lines).toHaveLength(size.rows - 1);
        expect(lines[0]).toMatch(/^mctl top/);
        expect(lines.at(-1)).toMatch(/q quit$/);
        expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(size.columns);
      }
    }
  });

  test('of a window that is too small says so within it, and comes back when it grows', () => {
    start('tasks', { columns: 20, rows: 5 });
    const lines = last().split('\n');
    expect(lines.length).toBeLessThanOrEqual(4);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(20);
    expect(last()).toMatch(/^20x5 is too small/);
    session.resize({ columns: 80, rows: 24 });
    expect(last()).toMatch(/t04/);
  });

  test('says which sources are broken, and why', () => {
    view.setFeed({ name: 'marathon', state: 'broken', address: 'm:8080', why: 'm:8080 cannot be reached' });
    start('tasks');
    expect(last()).toMatch(/marathon broken$/m);
    expect(last()).toMatch(/^marathon: m:8080 cannot be reached$/m);
  });

  test('keeps the end of a question that does not fit, and the keys that answer it', () => {
    view.putTask(task('f1', `a-${'x'.repeat(100)}-7`, 'a1'));
    start('tasks');
    type('k');
    expect(last()).toMatch(/^Kill a-x+~x+-7\? \(y\/n\)$/m);
  });

  test('shows every key of the table in the help, as far as there is room', () => {
    start('tasks', { columns: 100, rows: 50 });
    type('?');
    for (const { words } of DEFAULT_BINDINGS.entries) expect(last()).toContain(words);
  });

  test('of the help leaves nothing out in a small window: what does not fit is further down, and words are whole', () => {
    start('tasks');
    type('?');
    expect(last()).toMatch(/^Keys \(lines 1 to 19 of \d+: up and down move\)$/m);
    let seen = last();
    type('\u001b[6~');
    seen += last();
    type('\u001b[6~');
    seen += last();
    for (const { words } of DEFAULT_BINDINGS.entries) expect(seen).toContain(words);
    const end = last();
    type('\u001b[6~');
    expect(last()).toBe(end);
    type('x');
    expect(last()).toMatch(/^5 tasks/m);
  });
});

describe('drawing', () => {
  test('a key is painted at once', () => {
    start('tasks');
    frames = [];
    type('\u001b[B');
    expect(frames).toHaveLength(1);
    expect(last()).toMatch(/▸.*t01/);
  });

  test('keys that come together, as of one that is held, make one frame', () => {
    start('tasks');
    frames = [];
    type('\u001b[B'.repeat(3));
    expect(frames).toHaveLength(1);
    expect(last()).toMatch(/▸.*t03/);
  });

  test('changes of what is shown are painted at most ten times a second', async () => {
    start('tasks');
    frames = [];
    for (let at = 0; at < 1000; at += 10) {
      view.putTask(task('f1', `n${at}`, 'a1'));
      await clock.advance(10);
    }
    expect(frames.length).toBeLessThanOrEqual(10);
    expect(frames.length).toBeGreaterThanOrEqual(5);
  });

  test('changes of what is not shown are not painted; times since go on once a second', async () => {
    start('haproxy');
    frames = [];
    for (let at = 0; at < 900; at += 100) {
      view.putTask(task('f1', `n${at}`, 'a1'));
      await clock.advance(100);
    }
    expect(frames).toHaveLength(0);
    await clock.advance(200);
    expect(frames).toHaveLength(1);
  });

  test('paused, nothing moves by itself; p lets it go on', async () => {
    start('tasks');
    type('p');
    frames = [];
    view.putTask(task('f1', 'new', 'a1'));
    await clock.advance(5000);
    expect(frames).toEqual([]);
    type('p');
    expect(last()).toContain('new');
  });

  test('a lone esc is a key after a moment, and letters after it are not lost', async () => {
    start('tasks');
    type('\r');
    expect(last()).toMatch(/^task t00/m);
    type('\u001b');
    await clock.advance(50);
    expect(last()).toMatch(/^5 tasks 5/m);
  });

  test('several keys in one piece act one after the other, each on what it sees', () => {
    start('tasks');
    type('/t03\rk');
    expect(last()).toMatch(/t03.*\(y\/n\)/);
    type('y');
    expect(effects).toEqual([{ kind: 'kill-tasks', keys: ['f1/t03'] }]);
  });

  test('ctrl-l wipes the window first', () => {
    start('tasks');
    frames = [];
    type('\u000c');
    expect(frames[0]).toBe('wiped');
    expect(frames).toHaveLength(2);
  });
});

describe('rows that take long to be found', () => {
  /** Every look at the clock takes a while: a turn is over after a few hundred rows. */
  class SlowClock extends VirtualClock {
    lookMs = 0;
    #extraMs = 0;

    override monotonicMs(): number {
      this.#extraMs += this.lookMs;
      return super.monotonicMs() + this.#extraMs;
    }
  }

  let slow: SlowClock;

  beforeEach(() => {
    slow = new SlowClock(NOW);
    clock = slow;
    for (let at = 0; at < 3000; at += 1) view.putTask(task('f1', `web-${String(at).padStart(4, '0')}`, 'a1'));
    start('tasks');
    slow.lookMs = 5;
    frames = [];
  });

  test('do not keep what was typed from being painted; they follow, and it is said that they are looked for', async () => {
    type('/-299');
    expect(last()).toMatch(/^\/-299/m);
    expect(last()).toMatch(/^5 tasks 3,005 .*\/-299 {2}looking \d+%/m);
    expect(last()).toMatch(/▸.*t00/);
    await clock.advance(100);
    expect(last()).toMatch(/^5 tasks 10\/3,005 .*\/-299$/m);
    expect(last()).toMatch(/▸.*web-2990/);
  });

  test('are not looked for any more when another key asks for others', async () => {
    type('/-299');
    type('\u007f\u007f\u007f');
    type('0001');
    await clock.advance(200);
    expect(last()).toMatch(/^5 tasks 1\/3,005 .*\/-0001$/m);
    expect(frames.filter((frame) => /tasks \d+\/.*\/-299$/m.test(frame))).toEqual([]);
  });

  test('are what keys act on that were pressed before they came', async () => {
    type('/-2990\r');
    type('k');
    type('y');
    expect(effects).toEqual([]);
    await clock.advance(200);
    expect(effects).toEqual([{ kind: 'kill-tasks', keys: ['f1/web-2990'] }]);
  });

  test('are given up on the way out, with the keys that wait for them', async () => {
    type('/-2990\r');
    type('k');
    type('\u001b[D');
    await clock.advance(200);
    expect(last()).toMatch(/^5 tasks 3,005$/m);
    expect(last()).not.toMatch(/\(y\/n\)/);
  });

  test('come sorted in turns too, and quitting never waits', async () => {
    type(':sort cpus desc\r');
    expect(last()).toMatch(/ looking \d+%/m);
    type('\u001b[B');
    type('\u0003');
    expect(effects).toEqual([{ kind: 'quit' }]);
    await clock.advance(200);
    expect(last()).toMatch(/^5 tasks 3,005 {2}by cpus descending$/m);
  });

  test('are not looked for longer than a limit: then the filter is taken back, and it is said why', async () => {
    slow.lookMs = 2000;
    type('/-2990');
    await clock.advance(500);
    expect(last()).toMatch(/^The filter -2990 is too slow for so many rows/m);
    slow.lookMs = 0;
    await clock.advance(500);
    expect(last()).toMatch(/^5 tasks 3,005$/m);
  });
});

describe('the key bar', () => {
  test('names what keys do here: the log has a file to choose and nothing to mark', () => {
    start('tasks', { columns: 140, rows: 24 });
    expect(last().split('\n').at(-1)).toMatch(/ s sort .* space mark /);
    type('l');
    expect(last().split('\n').at(-1)).toMatch(/ s file /);
    expect(last().split('\n').at(-1)).not.toMatch(/mark/);
    type('s');
    expect(last()).toMatch(/^The file is stderr\.$/m);
    type('i');
    expect(last()).toMatch(/^There is nothing to sort in Log/m);
  });
});

describe('a pause', () => {
  test('lets nothing move: keys look at what was there, also times since, and all that came meanwhile is there after it', async () => {
    const tap = pausable(
      view,
      () => clock.nowMs(),
      () => undefined,
    );
    start('tasks', { columns: 80, rows: 24 }, (isPaused) => (isPaused ? tap.hold() : tap.release()));
    type('p');
    const paused = last();
    expect(paused).toMatch(/ paused$/m);
    tap.sink.putTask(task('f1', 'new', 'a1'));
    await clock.advance(60_000);
    type('x');
    expect(last()).toBe(paused);
    type('\u001b[B');
    expect(last()).toMatch(/▸.*t01/);
    expect(last()).toMatch(/^5 tasks 5$/m);
    type('p');
    expect(last()).toMatch(/^5 tasks 6$/m);
    expect(last()).not.toMatch(/ paused$/m);
  });

  test('shows what a page that is opened in it asks for', async () => {
    details = { of: () => ({ state: 'loading' }), version: 1 };
    start('tasks');
    type('p\r');
    frames = [];
    await clock.advance(500);
    expect(frames).toHaveLength(0);
    details = { of: () => ({ state: 'there', facts: [{ name: 'sandbox', text: '/w' }], sections: [] }), version: 2 };
    await clock.advance(500);
    expect(frames).toHaveLength(1);
    expect(last()).toMatch(/sandbox +\/w/);
  });
});
