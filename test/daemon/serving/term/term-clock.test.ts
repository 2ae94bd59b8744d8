import { expect, it } from 'vitest';
import { TermClock } from '../../../../src/daemon/serving/term/term-clock.ts';
import { TermGate } from '../../../../src/daemon/serving/term/term-gate.ts';
import { FakeClock } from '../../../client/support/fake-master.ts';

function scene() {
  const clock = new FakeClock();
  const lead = { may: true };
  const gate = new TermGate(clock, () => lead.may);
  const its = new TermClock(clock, gate);
  const done: string[] = [];
  const at = (ms: number, what: string) => its.setTimer(ms, () => done.push(what));
  const end = (): void => {
    gate.end();
    its.end();
  };
  return { clock, lead, gate, its, done, at, end };
}

it('what falls due while nobody may act waits, and is done in order when it may be done again', async () => {
  const { clock, lead, gate, done, at } = scene();
  at(20, 'second');
  at(10, 'first');
  lead.may = false;
  await clock.advance(50);
  expect(done).toEqual([]);
  lead.may = true;
  gate.release();
  expect(done).toEqual(['first', 'second']);
  await clock.advance(1_000);
  expect(done).toEqual(['first', 'second']);
});

it('is noticed soon when nobody says that we may act again', async () => {
  const { clock, lead, done, at } = scene();
  at(10, 'it');
  lead.may = false;
  await clock.advance(500);
  lead.may = true;
  await clock.advance(100);
  expect(done).toEqual(['it']);
});

it('what falls due when we may act again does not overtake what has waited', async () => {
  const { clock, lead, done, at } = scene();
  at(10, 'waited');
  at(30, 'due later');
  lead.may = false;
  await clock.advance(20);
  lead.may = true;
  await clock.advance(100);
  expect(done).toEqual(['waited', 'due later']);
});

it('what was cancelled while it waited is not done', async () => {
  const { clock, lead, gate, done, at } = scene();
  const timer = at(10, 'it');
  lead.may = false;
  await clock.advance(20);
  timer.cancel();
  lead.may = true;
  gate.release();
  expect(done).toEqual([]);
});

it('what an act of those that waited makes impossible waits on', async () => {
  const { clock, lead, gate, its, done, at } = scene();
  its.setTimer(10, () => {
    done.push('first');
    lead.may = false;
  });
  at(20, 'second');
  lead.may = false;
  await clock.advance(50);
  lead.may = true;
  gate.release();
  expect(done).toEqual(['first']);
});

it('ticks are left out, and sleeps go on', async () => {
  const { clock, lead, its, done } = scene();
  its.every(10, () => done.push('tick'));
  void its.sleep(15).then(() => done.push('slept'));
  lead.may = false;
  await clock.advance(35);
  expect(done).toEqual([]);
  lead.may = true;
  await clock.advance(100);
  expect(done).toContain('slept');
  expect(done).toContain('tick');
});

it('after the end nothing waits, nothing rings, and nothing is set any more', async () => {
  const { clock, lead, gate, its, done, at, end } = scene();
  at(10, 'set before');
  its.every(10, () => done.push('tick'));
  lead.may = false;
  void gate.acting().then(() => done.push('acting'));
  end();
  at(10, 'set after');
  its.every(10, () => done.push('late tick'));
  void gate.acting().then(() => done.push('late acting'));
  lead.may = true;
  await clock.advance(500);
  expect(done).toEqual([]);
});
