// The life of a Marathon as a program: standing for election, leading, and how it ends (marathon.md 8.2, 20.2).
import { expect, test } from 'vitest';
import type { CampaignEvents, Election } from '../../../src/cluster/election.ts';
import type { Store } from '../../../src/cluster/store.ts';
import { parseMarathonOptions, type RunningMarathon, startMarathon } from '../../../src/daemon/marathon/index.ts';
import type { HttpHandler, Net } from '../../../src/world/net.ts';
import type { World } from '../../../src/world/world.ts';
import { FakeMaster, silentLog } from '../../client/support/fake-master.ts';
import { MemoryStore } from './support/memory-store.ts';
import { settled, VirtualClock } from './support/virtual-clock.ts';

/** A machine whose listener the test asks itself, and an election that it decides. */
class Box {
  readonly clock = new VirtualClock();
  readonly closed: string[] = [];
  handler: HttpHandler | undefined;
  on: CampaignEvents | undefined;
  /** Elected before `campaign` resolves. */
  isElectedAtOnce = false;
  readonly #candidacy = Promise.withResolvers<void>();

  start(store: Store = new MemoryStore()): Promise<RunningMarathon> {
    const net: Pick<Net, 'listen' | 'request' | 'openStream'> = {
      request: () => Promise.reject(new Error('not expected')),
      openStream: (request) => new FakeMaster().openStream(request),
      listen: async ({ handler }) => {
        this.handler = handler;
        return { host: '127.0.0.1', port: 8080, close: async () => void this.closed.push('listener') };
      },
    };
    const host = { hostname: 'box', currentUser: 'me', lookup: async () => '127.0.0.1' };
    const random = { bytes: (count: number) => new Uint8Array(count), float: () => 0.5, uuid: () => 'u' };
    const world = { clock: this.clock, net, host, random, log: silentLog } as unknown as World;
    const election: Election = {
      campaign: async (_candidate, on) => {
        this.on = on;
        if (this.isElectedAtOnce) {
          on.elected(1);
          await this.#candidacy.promise;
        }
        return { mayAct: () => true, withdraw: async () => void this.closed.push('candidacy') };
      },
      observe: () => Promise.reject(new Error('not expected')),
      close: async () => undefined,
    };
    const options = parseMarathonOptions({ args: ['--master=m:5050', '--http_address=127.0.0.1'] });
    return startMarathon(world, options, { store, election });
  }

  letCampaignEnd(): void {
    this.#candidacy.resolve();
  }

  async status(method: string, target: string): Promise<number | undefined> {
    const request = { method, target, headers: {}, body: new Uint8Array(), remoteAddress: '127.0.0.1' };
    return (await this.handler?.(request))?.status;
  }
}

/** A store that holds something no version of Marathon wrote. */
function damaged(): MemoryStore {
  const store = new MemoryStore();
  store.entries.set('instances/x', Buffer.from('nothing'));
  return store;
}

test('it answers 503 until it leads, then its API, and 503 again while it stops', async () => {
  const box = new Box();
  const running = await box.start();
  expect(await box.status('GET', '/v2/apps')).toBe(503);
  box.on?.elected(1);
  await settled();
  expect(await box.status('GET', '/v2/apps')).toBe(200);
  const stopped = running.stop();
  expect(await box.status('GET', '/v2/apps')).toBe(503);
  await stopped;
  expect(await running.ended).toEqual({ code: 0, reason: 'stopped' });
  expect(box.closed).toEqual(['listener', 'candidacy']);
  expect(box.clock.pending).toBe(0);
});

test('it ends with 103 when leadership is lost, once, and nothing is left that could act', async () => {
  const box = new Box();
  const running = await box.start();
  box.on?.elected(1);
  await settled();
  box.on?.lost('session expired');
  await running.stop();
  expect((await running.ended).code).toBe(103);
  expect(box.closed).toEqual(['listener', 'candidacy']);
  expect(box.clock.pending).toBe(0);
});

test('it ends with 105 half a second after it was asked to give up leadership', async () => {
  const box = new Box();
  const running = await box.start();
  box.on?.elected(1);
  await settled();
  expect(await box.status('DELETE', '/v2/leader')).toBe(200);
  expect(await box.status('DELETE', '/v2/leader')).toBe(200);
  await box.clock.advance(500);
  expect((await running.ended).code).toBe(105);
  expect(box.clock.pending).toBe(0);
});

test('it ends, and says why, when its state cannot be loaded', async () => {
  const box = new Box();
  const running = await box.start(damaged());
  box.on?.elected(1);
  const { code, reason } = await running.ended;
  expect(code).not.toBe(0);
  expect(reason).toMatch(/state cannot be loaded.*instances\/x/);
});

test('it ends properly even when that is known before the election has taken the candidate in', async () => {
  const box = new Box();
  box.isElectedAtOnce = true;
  const starting = box.start(damaged());
  await settled();
  box.letCampaignEnd();
  const running = await starting;
  expect((await running.ended).reason).toMatch(/cannot be loaded/);
  expect(box.closed).toContain('candidacy');
});
