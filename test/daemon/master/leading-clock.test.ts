import { expect, it } from 'vitest';
import { LeadingClock } from '../../../src/daemon/master/leading-clock.ts';
import { FakeClock } from '../../client/support/fake-master.ts';

function scene() {
  const clock = new FakeClock();
  const lead = { may: true };
  const leading = new LeadingClock(clock, () => lead.may);
  const done: string[] = [];
  const at = (ms: number, what: string) => leading.setTimer(ms, () => done.push(what));
  return { clock, lead, leading, done, at };
}

it('what falls due while the master may not act waits, and is done in order when it may again', async () => {
  const { clock, lead, leading, done, at } = scene();
  at(20, 'second');
  at(10, 'first');
  lead.may = false;
  await clock.advance(50);
  expect(done).toEqual([]);
  lead.may = true;
  leading.release();
  expect(done).toEqual(['first', 'second']);
  await clock.advance(1_000);
  expect(done).toEqual(['first', 'second']);
});

it('is noticed soon when nobody says that the master may act again', async () => {
  const { clock, lead, done, at } = scene();
  at(10, 'it');
  lead.may = false;
  await clock.advance(500);
  lead.may = true;
  await clock.advance(100);
  expect(done).toEqual(['it']);
});

it('what was cancelled while it waited is not done', async () => {
  const { clock, lead, leading, done, at } = scene();
  const timer = at(10, 'it');
  lead.may = false;
  await clock.advance(20);
  timer.cancel();
  lead.may = true;
  leading.release();
  expect(done).toEqual([]);
});

it('what an act of those that waited makes impossible waits on', async () => {
  const { clock, lead, leading, done, at } = scene();
  leading.setTimer(10, () => {
    done.push('first');
    lead.may = false;
  });
  at(20, 'second');
  lead.may = false;
  await clock.advance(50);
  lead.may = true;
  leading.release();
  expect(done).toEqual(['first']);
});

it('ticks are left out, sleeps go on, and after the end nothing waits', async () => {
  const { clock, lead, leading, done } = scene();
  leading.every(10, () => done.push('tick'));
  void leading.sleep(15).then(() => done.push('slept'));
  lead.may = false;
  await clock.advance(35);
  expect(done).toEqual([]);
  lead.may = true;
  await clock.advance(100);
  expect(done).toContain('slept');
  lead.may = false;
  void leading.acting().then(() => done.push('acting'));
  leading.stop();
  lead.may = true;
  await clock.advance(200);
  expect(done).not.toContain('acting');
});
