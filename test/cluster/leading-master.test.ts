import { describe, expect, test } from 'vitest';
import type { Candidate } from '../../src/cluster/election.ts';
import { type ElectionTrouble, LeadingMaster, masterBase } from '../../src/cluster/leading-master.ts';
import { FakeClock, settle, silentLog } from '../client/support/fake-master.ts';

const info = (ip: string, id = 'm') =>
  JSON.stringify({ address: { hostname: 'h', ip, port: 5050 }, hostname: 'h', id, ip: 1, port: 5050 });

function scene(trouble?: () => Promise<ElectionTrouble | undefined>) {
  const clock = new FakeClock();
  let tell: ((leader: Candidate | undefined) => void) | undefined;
  let isObserved = true;
  const election = {
    observe: async (fn: (leader: Candidate | undefined) => void) => {
      tell = fn;
      return {
        stop: () => {
          isObserved = false;
        },
      };
    },
  };
  const master = new LeadingMaster({
    world: { clock, log: silentLog },
    election,
    where: 'zk://z:2181/mesos',
    ...(trouble && { trouble }),
  });
  const elect = (data: string | undefined) => tell?.(data === undefined ? undefined : { data });
  return { clock, master, elect, isObserved: () => isObserved };
}

describe('the leading master', () => {
  test('is told from its MasterInfo, with every change and no repetition', async () => {
    const { clock, master, elect } = scene();
    const told: (string | undefined)[] = [];
    master.watch((base) => told.push(base));
    await clock.advance(1);
    elect(info('10.0.0.1'));
    elect(info('10.0.0.1', 'another life'));
    elect(info('10.0.0.2'));
    elect(undefined);
    expect(told).toEqual([undefined, 'http://10.0.0.1:5050', 'http://10.0.0.2:5050', undefined]);
  });

  test('is nobody when what was published is no MasterInfo', async () => {
    const { clock, master, elect } = scene();
    await clock.advance(1);
    elect(info('10.0.0.1'));
    elect('master@10.0.0.1:5050');
    expect(master.current).toBeUndefined();
  });

  test('is found as soon as there is one', async () => {
    const { clock, master, elect } = scene();
    const found = master.find(10_000);
    await clock.advance(3_000);
    elect(info('10.0.0.1'));
    expect(await found).toEqual({ kind: 'found', base: 'http://10.0.0.1:5050' });
    expect(clock.pending).toBe(0);
  });

  test.each([
    ['there is none', true, undefined, { kind: 'nobody', message: 'no master leads at zk://z:2181/mesos' }],
    [
      'the election did not answer',
      false,
      undefined,
      { kind: 'unreachable', message: 'zk://z:2181/mesos did not answer in time' },
    ],
    [
      'the election does not let us look',
      false,
      { kind: 'forbidden', message: 'not for you' },
      { kind: 'forbidden', message: 'not for you' },
    ],
  ] as const)('is not found, with the reason, when %s', async (_why, hears, trouble, finding) => {
    const { clock, master, elect } = scene(async () => trouble);
    await clock.advance(1);
    if (hears) elect(undefined);
    const found = master.find(1_000);
    await clock.advance(1_000);
    await settle();
    expect(await found).toEqual(finding);
  });

  test('is not followed any more after stop', async () => {
    const { clock, master, elect, isObserved } = scene();
    const told: unknown[] = [];
    master.watch((base) => told.push(base));
    await clock.advance(1);
    master.stop();
    elect(info('10.0.0.1'));
    expect([told, isObserved()]).toEqual([[undefined], false]);
  });

  test('has the address of the number where only that was published', () => {
    expect(masterBase({ id: 'm', ip: 16777226, port: 5050 })).toBe('http://10.0.0.1:5050');
    expect(masterBase({ id: 'm', ip: 4278190090, port: 80 })).toBe('http://10.0.0.255:80');
    expect(masterBase({ id: 'm', ip: 0, port: 1, address: { ip: 'fe80::1', port: 5050 } })).toBe(
      'http://[fe80::1]:5050',
    );
  });
});
