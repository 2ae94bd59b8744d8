import { describe, expect, test } from 'vitest';
import { Pace, type TurnOutcome, type TurnReason } from '../../../src/haproxy/watch/pace.ts';
import { Simulation } from '../../../src/simulation/index.ts';

interface Turn {
  readonly atMs: number;
  readonly reasons: readonly TurnReason[];
}

/** A pace whose turns take `turnMs` and are written down. */
async function pace(turnMs = 100, outcome: () => TurnOutcome = () => ({})) {
  const simulation = new Simulation({ seed: 5 });
  const turns: Turn[] = [];
  const { promise, resolve } = Promise.withResolvers<Pace>();
  simulation.host('balancer').start('watch', async ({ clock, random }) => {
    resolve(
      new Pace(clock, random, async (reasons) => {
        turns.push({ atMs: simulation.nowMs, reasons });
        await clock.sleep(turnMs);
        return outcome();
      }),
    );
  });
  const made = await simulation.settle(promise);
  return { simulation, turns, pace: made, startMs: simulation.nowMs };
}

describe('when turns begin', () => {
  test('half a second after an event', async () => {
    const { simulation, turns, pace: it, startMs } = await pace();
    it.event();
    await simulation.run({ forMs: 5_000 });
    expect(turns).toEqual([{ atMs: startMs + 500, reasons: ['event'] }]);
  });

  test('a burst of 1,000 events makes at most two', async () => {
    const { simulation, turns, pace: it } = await pace();
    for (let count = 0; count < 1_000; count += 1) simulation.after(count * 2, () => it.event());
    await simulation.run({ forMs: 10_000 });
    expect(turns.length).toBeLessThanOrEqual(2);
  });

  test('10,000 events in 5 s make at most five, and the last is seen within 3 s', async () => {
    const { simulation, turns, pace: it, startMs } = await pace();
    for (let count = 0; count < 10_000; count += 1) simulation.after(count / 2, () => it.event());
    await simulation.run({ forMs: 20_000 });
    expect(turns.length).toBeLessThanOrEqual(5);
    const last = turns.at(-1)?.atMs ?? 0;
    expect(last).toBeGreaterThanOrEqual(startMs + 5_000);
    expect(last).toBeLessThanOrEqual(startMs + 8_000);
  });

  test('events that never stop hold no turn back for more than 2 s', async () => {
    const { simulation, turns, pace: it, startMs } = await pace();
    for (let count = 0; count < 100; count += 1) simulation.after(count * 100, () => it.event());
    await simulation.run({ forMs: 9_000 });
    expect(turns[0]?.atMs).toBe(startMs + 2_000);
    expect(turns.length).toBeGreaterThanOrEqual(4);
  });

  test('whatever comes while one runs makes exactly one more', async () => {
    const { simulation, turns, pace: it } = await pace(3_000);
    it.now('start');
    await simulation.run({ forMs: 100 });
    for (let count = 0; count < 50; count += 1) simulation.after(count * 10, () => it.event());
    simulation.after(200, () => it.now('signal'));
    simulation.after(300, () => it.now('signal'));
    await simulation.run({ forMs: 20_000 });
    expect(turns.map(({ reasons }) => [...reasons].sort())).toEqual([['start'], ['event', 'signal']]);
    expect((turns[1]?.atMs ?? 0) - (turns[0]?.atMs ?? 0)).toBe(3_000);
  });

  test('by itself every 60 s, within a tenth, and every 30 s without a stream', async () => {
    const { simulation, turns, pace: it } = await pace(0);
    it.setPolling(false);
    it.now('connected');
    await simulation.run({ forMs: 600_000 });
    const gaps = turns.slice(1).map(({ atMs }, index) => atMs - (turns[index]?.atMs ?? 0));
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(54_000);
      expect(gap).toBeLessThanOrEqual(66_000);
    }
    expect(new Set(gaps).size).toBeGreaterThan(3);
    turns.length = 0;
    it.setPolling(true);
    await simulation.run({ forMs: 300_000 });
    expect(turns.length).toBeGreaterThanOrEqual(9);
    expect(turns.length).toBeLessThanOrEqual(11);
    expect(turns[0]?.reasons).toEqual(['poll']);
  });

  test('again when the turn before asks for it', async () => {
    let asks = 2;
    const { simulation, turns, pace: it } = await pace(0, () => (asks-- > 0 ? { againMs: 5_000 } : {}));
    it.setPolling(false);
    it.now('start');
    await simulation.run({ forMs: 30_000 });
    expect(turns.map(({ reasons }) => reasons[0])).toEqual(['start', 'again', 'again']);
  });

  test('what a turn asks for is not forgotten when the stream ends, or something is done that is no turn', async () => {
    const outcomes: TurnOutcome[] = [{ againMs: 5_000 }, { isNoTurn: true }];
    const { simulation, turns, pace: it, startMs } = await pace(0, () => outcomes.shift() ?? {});
    it.setPolling(false);
    it.now('start');
    await simulation.run({ forMs: 1_000 });
    it.setPolling(true);
    it.now('reload');
    await simulation.run({ forMs: 10_000 });
    expect(turns.map(({ reasons }) => reasons[0])).toEqual(['start', 'reload', 'again']);
    expect(turns[2]?.atMs).toBe(startMs + 5_000);
  });

  test('stopping waits for the one that runs, and none follows', async () => {
    const { simulation, turns, pace: it } = await pace(3_000);
    it.now('start');
    await simulation.run({ forMs: 1_000 });
    it.event();
    const atMs = simulation.nowMs;
    await simulation.settle(it.stop());
    expect(simulation.nowMs - atMs).toBe(2_000);
    it.now('signal');
    await simulation.run({ forMs: 300_000 });
    expect(turns).toHaveLength(1);
  });
});
