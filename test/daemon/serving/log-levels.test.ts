import { expect, test } from 'vitest';
import { LogLevels } from '../../../src/daemon/serving/process/log-levels.ts';
import { VirtualClock } from '../marathon/support/virtual-clock.ts';

test('a level asked for while another one lasts is not cut short by its end', async () => {
  const clock = new VirtualClock();
  const applied: string[] = [];
  const levels = new LogLevels(clock, 'info', (level) => void applied.push(level));
  levels.set('debug', 10);
  await clock.advance(9_000);
  levels.set('warn', 10);
  await clock.advance(9_000);
  expect(levels.level).toBe('warn');
  await clock.advance(1_000);
  levels.set('error');
  await clock.advance(3_600_000);
  expect(levels.level).toBe('error');
  expect(applied).toEqual(['debug', 'warn', 'info', 'error']);
  expect(clock.pending).toBe(0);
});

test('stopping leaves the level and no timer', async () => {
  const clock = new VirtualClock();
  const levels = new LogLevels(clock, 'info');
  levels.set('debug', 10);
  levels.stop();
  await clock.advance(20_000);
  expect(levels.level).toBe('debug');
  expect(clock.pending).toBe(0);
});
