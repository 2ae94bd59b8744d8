// When offers are wanted: marathon.md 13.1 and 26 (40).
import { describe, expect, test } from 'vitest';
import { SchedulerError } from '../../../../src/client/scheduler/errors.ts';
import type { PathId } from '../../../../src/daemon/marathon/model/path-id.ts';
import { makeApp } from '../instances/support/app.ts';
import { Rig } from './support/rig.ts';

/** Calls of the rig as `<second> <TYPE> <roles>`. */
function told(rig: Rig): string[] {
  return rig.line.sent
    .filter(({ type }) => type !== 'DECLINE' && type !== 'ACCEPT')
    .map(({ type, atMs, revive, suppress, update_framework }) => {
      const roles = revive?.roles ?? suppress?.roles ?? update_framework?.suppressed_roles;
      return `${Math.floor(atMs / 1000)} ${type} ${(roles ?? []).join(',')}`.trim();
    });
}

async function idle(flags: readonly string[] = []): Promise<Rig> {
  const rig = await Rig.start(flags);
  await rig.run(10);
  return rig;
}

describe('while nothing waits', () => {
  test('offers are suppressed, once', async () => {
    const rig = await idle();
    await rig.run(60_000);
    expect(told(rig)).toEqual(['0 SUPPRESS *']);
    expect(rig.count('mesos.calls.suppress.counter')).toBe(1);
  });

  test('offers are not suppressed with --disable_suppress_offers', async () => {
    const rig = await idle(['--disable_suppress_offers']);
    await rig.run(60_000);
    expect(told(rig)).toEqual([]);
  });
});

describe('a new instance', () => {
  test('revives at once, and once more an interval later, while it waits', async () => {
    const rig = await idle();
    rig.schedule(makeApp('/a'));
    await rig.run(60_000);
    expect(told(rig)).toEqual(['0 SUPPRESS *', '0 REVIVE *', '5 REVIVE *']);
    expect(rig.count('mesos.calls.revive.counter')).toBe(2);
  });

  test('revives no more once it is launched, and offers are suppressed again', async () => {
    const rig = await idle();
    rig.schedule(makeApp('/a'));
    await rig.run(100);
    await rig.offers(rig.offer());
    await rig.run(60_000);
    expect(told(rig)).toEqual(['0 SUPPRESS *', '0 REVIVE *', '0 SUPPRESS *']);
  });

  test('makes one call with all others of its turn', async () => {
    const rig = await idle();
    for (let i = 0; i < 100; i += 1) rig.schedule(makeApp(`/a-${i}`), 3);
    await rig.run(100);
    expect(told(rig)).toEqual(['0 SUPPRESS *', '0 REVIVE *']);
  });

  test('that goes within its turn makes none', async () => {
    const rig = await idle();
    const [instance] = rig.schedule(makeApp('/a'));
    if (instance !== undefined) rig.parts.instances.expunge(instance.id);
    await rig.run(60_000);
    expect(told(rig)).toEqual(['0 SUPPRESS *']);
  });

  test('does not revive sooner than --min_revive_offers_interval after the last one', async () => {
    const rig = await idle();
    for (let i = 0; i < 20; i += 1) {
      rig.schedule(makeApp(`/a-${i}`));
      await rig.run(1000);
    }
    await rig.run(60_000);
    const times = rig.line.of('REVIVE').map(({ atMs }) => atMs);
    expect(times.length).toBeGreaterThan(4);
    for (const [i, atMs] of times.slice(1).entries()) expect(atMs - (times[i] ?? 0)).toBeGreaterThanOrEqual(5000);
  });

  test('does not have to wait for a revive when offers were suppressed meanwhile', async () => {
    const rig = await idle();
    rig.schedule(makeApp('/a'));
    await rig.run(100);
    await rig.offers(rig.offer());
    await rig.run(1000);
    rig.schedule(makeApp('/b'));
    await rig.run(100);
    expect(told(rig).slice(-1)).toEqual(['1 UPDATE_FRAMEWORK']);
    await rig.run(5000);
    expect(told(rig).slice(-1)).toEqual(['5 REVIVE *']);
  });

  test('waits for the revive when the master cannot be told otherwise', async () => {
    const rig = await idle();
    rig.line.answers.set('UPDATE_FRAMEWORK', { ok: false, error: new SchedulerError('refused', 'what?') });
    rig.schedule(makeApp('/a'));
    await rig.run(100);
    await rig.offers(rig.offer());
    await rig.run(1000);
    rig.schedule(makeApp('/b'));
    await rig.run(10_000);
    expect(told(rig).slice(-3)).toEqual(['1 UPDATE_FRAMEWORK', '5 REVIVE *', '10 REVIVE *']);
  });
});

describe('something new beside what fits nowhere', () => {
  async function waiting(flags: readonly string[] = []): Promise<Rig> {
    const rig = await idle(flags);
    rig.schedule(makeApp('/large'));
    await rig.run(7000);
    return rig;
  }

  test('does not have to wait for a revive: offers that were declined are open again', async () => {
    const rig = await waiting();
    rig.schedule(makeApp('/a'));
    await rig.run(100);
    expect(told(rig).slice(-3)).toEqual(['5 REVIVE *', '7 SUPPRESS *', '7 UPDATE_FRAMEWORK']);
    await rig.run(10_000);
    expect(told(rig).slice(-2)).toEqual(['10 REVIVE *', '15 REVIVE *']);
  });

  test('makes so much noise once a second at most, and not for what is known', async () => {
    const rig = await waiting();
    for (let i = 0; i < 30; i += 1) {
      rig.schedule(makeApp(`/a-${i}`));
      await rig.run(100);
    }
    await rig.run(60_000);
    expect(told(rig).filter((call) => call.includes('UPDATE'))).toEqual([
      '7 UPDATE_FRAMEWORK',
      '8 UPDATE_FRAMEWORK',
      '9 UPDATE_FRAMEWORK',
    ]);
  });

  test('waits for the revive where offers are never suppressed', async () => {
    const rig = await waiting(['--disable_suppress_offers']);
    rig.schedule(makeApp('/a'));
    await rig.run(10_000);
    expect(told(rig)).toEqual(['0 REVIVE *', '5 REVIVE *', '10 REVIVE *', '15 REVIVE *']);
  });

  test('waits for the revive when the master cannot be told otherwise', async () => {
    const rig = await waiting();
    rig.line.answers.set('UPDATE_FRAMEWORK', { ok: false, error: new SchedulerError('refused', 'what?') });
    rig.schedule(makeApp('/a'));
    await rig.run(10_000);
    expect(told(rig).slice(-4)).toEqual(['7 SUPPRESS *', '7 UPDATE_FRAMEWORK', '10 REVIVE *', '15 REVIVE *']);
  });
});

describe('a delay', () => {
  test('suppresses, and revives when it has passed', async () => {
    const rig = await idle();
    const [instance] = rig.schedule(makeApp('/a', { backoffSeconds: 20 }));
    if (instance === undefined) throw new Error('none');
    await rig.run(100);
    await rig.offers(rig.offer());
    rig.tell(instance.id, 'TASK_FAILED');
    await rig.run(30_000);
    expect(told(rig)).toEqual(['0 SUPPRESS *', '0 REVIVE *', '0 SUPPRESS *', '20 REVIVE *', '25 REVIVE *']);
  });

  test('revives when it is reset', async () => {
    const rig = await idle();
    const [instance] = rig.schedule(makeApp('/a', { backoffSeconds: 60 }));
    if (instance === undefined) throw new Error('none');
    await rig.offers(rig.offer());
    rig.tell(instance.id, 'TASK_FAILED');
    await rig.run(10_000);
    rig.parts.backOffs.reset('/a' as PathId);
    await rig.run(1000);
    expect(told(rig).slice(-1)).toEqual(['10 REVIVE *']);
  });
});

describe('roles', () => {
  test('are subscribed to before they are revived, and suppressed each by itself', async () => {
    const rig = await idle();
    const [instance] = rig.schedule(makeApp('/dev/a', { role: 'dev' }));
    if (instance === undefined) throw new Error('none');
    await rig.run(100);
    expect(told(rig)).toEqual(['0 SUPPRESS *', '0 UPDATE_FRAMEWORK', '0 REVIVE dev']);
    await rig.offers(rig.offer(undefined, 'h', 'dev'));
    expect(told(rig).slice(-1)).toEqual(['0 SUPPRESS dev']);
  });

  test('of instances that are there are subscribed to from the start', async () => {
    const rig = await idle();
    rig.schedule(makeApp('/dev/a', { role: 'dev' }));
    await rig.run(100);
    rig.line.roles.delete('dev');
    await rig.boot();
    await rig.run(100);
    expect(rig.line.hasRole('dev')).toBe(true);
  });
});

describe('a call that fails', () => {
  test('is made again: a revive after an interval', async () => {
    const rig = await idle();
    rig.line.answers.set('REVIVE', { ok: false, error: new SchedulerError('too-many-calls', 'no') });
    rig.schedule(makeApp('/a'));
    await rig.run(12_000);
    expect(rig.line.of('REVIVE')).toHaveLength(3);
  });

  test('is made again: a suppress with the next change', async () => {
    const rig = await Rig.start();
    rig.line.answers.set('SUPPRESS', { ok: false, error: new SchedulerError('too-many-calls', 'no') });
    await rig.run(100);
    rig.line.answers.clear();
    const [instance] = rig.schedule(makeApp('/a'));
    if (instance !== undefined) rig.parts.instances.expunge(instance.id);
    await rig.run(100);
    expect(rig.line.of('SUPPRESS')).toHaveLength(2);
  });
});

describe('a new subscription', () => {
  test('is told again what is wanted and what is not', async () => {
    const rig = await idle();
    rig.schedule(makeApp('/dev/a', { role: 'dev' }));
    await rig.run(20_000);
    const before = told(rig).length;
    rig.queue.disconnected();
    rig.queue.connected();
    await rig.run(20_000);
    expect(told(rig).slice(before)).toEqual(['20 SUPPRESS *', '20 REVIVE dev']);
  });

  test('is waited for: nothing is said without one', async () => {
    const rig = await idle();
    rig.line.isSubscribed = false;
    rig.queue.disconnected();
    rig.schedule(makeApp('/a'));
    await rig.run(20_000);
    expect(told(rig)).toEqual(['0 SUPPRESS *']);
    rig.line.isSubscribed = true;
    rig.queue.connected();
    await rig.run(100);
    expect(told(rig).slice(-1)).toEqual(['20 REVIVE *']);
  });
});
