// Rates and durations (marathon.md 8.4).
import { expect, test } from 'vitest';
import { Meter } from '../../../../src/daemon/serving/metrics/meter.ts';
import { Timer } from '../../../../src/daemon/serving/metrics/timer.ts';

test('a steady rate is told as such by all averages', () => {
  const meter = new Meter(0);
  for (let ms = 0; ms < 3_600_000; ms += 500) meter.mark(ms);
  const { count, m1, m5, m15, mean } = meter.rates(3_600_000);
  expect(count).toBe(7200);
  for (const rate of [m1, m5, m15, mean]) expect(rate).toBeCloseTo(2, 3);
});

test('when nothing happens any more, the averages fall by their own half-lives', () => {
  const meter = new Meter(0);
  for (let ms = 0; ms < 5_000; ms += 10) meter.mark(ms);
  expect(meter.rates(5_000).m1).toBeCloseTo(100);
  const later = meter.rates(65_000);
  expect(later.m1).toBeCloseTo(100 / Math.E, 5);
  expect(later.m5).toBeCloseTo(100 * Math.exp(-1 / 5), 5);
  expect(later.m15).toBeCloseTo(100 * Math.exp(-1 / 15), 5);
  expect(later.count).toBe(500);
});

test('a look in between changes nothing', () => {
  const [watched, left] = [new Meter(0), new Meter(0)];
  for (let ms = 0; ms < 120_000; ms += 777) {
    watched.mark(ms);
    left.mark(ms);
    watched.rates(ms);
  }
  const [one, other] = [watched.rates(200_000), left.rates(200_000)];
  expect(one.count).toBe(other.count);
  for (const name of ['m1', 'm5', 'm15', 'mean'] as const) expect(one[name]).toBeCloseTo(other[name], 9);
});

test('durations are spread over the latest thousand, and summed over all', () => {
  const timer = new Timer(0);
  expect(timer.spread()).toMatchObject({ min: 0, max: 0, mean: 0, stddev: 0 });
  for (let i = 1; i <= 100; i += 1) timer.record(0, i * 1000);
  const { min, max, mean, quantiles } = timer.spread();
  expect([min, max, mean]).toEqual([1, 100, 50.5]);
  expect(quantiles).toEqual([51, 76, 96, 99, 100, 100]);
  for (let i = 0; i < 2000; i += 1) timer.record(100_000, 100_500);
  expect(timer.spread()).toMatchObject({ min: 0.5, max: 0.5, stddev: 0 });
  expect(timer.sumSeconds).toBeCloseTo(5050 + 1000);
  expect(timer.rates(200_000).count).toBe(2100);
});
