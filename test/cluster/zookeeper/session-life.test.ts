// A session and an ensemble of three real ZooKeepers: members are paused and killed under it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseZooKeeperAddress } from '../../../src/cluster/zookeeper/address.ts';
import { connectZooKeeper } from '../../../src/cluster/zookeeper/connection.ts';
import type { SessionState, ZooKeeperConnection, ZooKeeperSession } from '../../../src/cluster/zookeeper/session.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';
import { type Ensemble, eventually, type Member, MISSING, startEnsemble } from './ensemble.ts';

const TIMEOUT_MS = 4_000;
/** A stopped leader of the ensemble is missed by the others for two seconds, and then they elect: by the time that we leave it they have. */
const LONGER_MS = 6_000;
/** Members that were stopped, or start anew, may take a while to find each other again. */
const PATIENCE_MS = 90_000;
const EMPTY = new Uint8Array();

describe.skipIf(MISSING !== undefined)('a session with three servers', () => {
  const world = createRealWorld({ log: { level: 'error' } });
  let ensemble: Ensemble;
  let connection: ZooKeeperConnection;
  let session: ZooKeeperSession;
  let states: SessionState[];

  beforeAll(async () => {
    ensemble = await startEnsemble({ members: 3 });
  });
  beforeEach(() => open(TIMEOUT_MS));
  afterEach(async () => {
    for (const member of ensemble.members) {
      member.resume();
      member.start();
    }
    await connection.close();
    await ensemble.serving();
  });
  afterAll(async () => {
    await ensemble?.stop();
    await world.close();
  });

  async function open(sessionTimeoutMs: number): Promise<void> {
    connection = connectZooKeeper(world, parseZooKeeperAddress(ensemble.url('/life')), { sessionTimeoutMs });
    session = await connection.connected(PATIENCE_MS);
    states = [];
    session.onState((state) => states.push(state));
    await session.ensurePath('/life');
  }

  /** Who serves the session now. */
  async function serving(): Promise<Member> {
    return await eventually('the server of the session', async () => {
      for (const member of ensemble.members) {
        if ((await member.ask('cons')).includes(`sid=0x${session.id},`)) return member;
      }
      return undefined;
    });
  }

  test('goes on with another one when its server is stopped, ephemeral nodes and watches kept', async () => {
    await connection.close();
    await open(LONGER_MS);
    await session.create('/life/mine', EMPTY, { ephemeral: true });
    let told = 0;
    session.watchChildren('/life', () => {
      told += 1;
    });
    const server = await serving();
    server.pause();
    const pausedMs = performance.now();
    await eventually('another server', () => (states.length === 2 ? true : undefined));
    console.info(`stopped server noticed and left after ${Math.round(performance.now() - pausedMs)} ms`);
    expect(states).toEqual(['suspended', 'connected']);
    expect(performance.now() - pausedMs).toBeLessThan(LONGER_MS);
    expect((await session.get('/life/mine'))?.stat.ephemeralOwner).toBe(session.id);
    await session.create('/life/more', EMPTY, { ephemeral: true });
    await eventually('the watch', () => (told > 0 ? true : undefined));
  });

  test('goes on with another one at once when its server is killed', async () => {
    const server = await serving();
    const killedMs = performance.now();
    await server.kill();
    await eventually('another server', () => (states.length === 2 ? true : undefined));
    console.info(`killed server left after ${Math.round(performance.now() - killedMs)} ms`);
    // It may have been the ensemble's leader: the others hang up once more while they elect.
    await eventually('an answer', () =>
      session.sync('/').then(
        () => true,
        () => undefined,
      ),
    );
    expect(states.slice(0, 2)).toEqual(['suspended', 'connected']);
    expect(session.state).toBe('connected');
  });

  test('is given up when all are stopped for as long as its time-out, though nobody told', async () => {
    await session.create('/life/given-up', EMPTY, { ephemeral: true });
    for (const member of ensemble.members) member.pause();
    const pausedMs = performance.now();
    const late = session.create('/life/late', EMPTY).catch((error: unknown) => error);
    await eventually('doubt', () => (session.isCertain() ? undefined : true));
    const doubtMs = performance.now() - pausedMs;
    await eventually('the loss', () => (session.state === 'lost' ? true : undefined));
    const lostMs = performance.now() - pausedMs;
    expect(doubtMs).toBeLessThan(TIMEOUT_MS);
    expect(lostMs).toBeGreaterThanOrEqual(doubtMs);
    expect(lostMs).toBeLessThan(TIMEOUT_MS * 2);
    expect(await late).toMatchObject({ mayHaveHappened: true });
    expect(states).toEqual(['suspended', 'lost']);
    expect(connection.session).toBeUndefined();
    await expect(connection.connected(100)).rejects.toMatchObject({ code: 'timed-out' });
    expect(connection.trouble).toMatch(/takes connections but does not answer/);
    // Not resumed: members that were all stopped in the middle of a write may lead and follow afterwards, and never commit
    // anything again (seen once). Who starts anew is sure to serve.
    for (const member of ensemble.members) {
      await member.kill();
      member.start();
    }
    const next = await connection.connected(PATIENCE_MS);
    expect(next.id).not.toBe(session.id);
  });

  test('is in doubt while its server has lost the others, even if that server still answers', async () => {
    const server = await serving();
    const isLeader = (await server.mode()) === 'leader';
    for (const member of ensemble.members) if (member !== server) member.pause();
    // It goes on serving reads until it notices: asked all the while, it must not pass for the ensemble.
    let noticedMs = Number.POSITIVE_INFINITY;
    const watching = session.onState((state) => {
      if (state === 'suspended') noticedMs = Math.min(noticedMs, performance.now());
    });
    const reading = setInterval(() => session.get('/life').catch(() => undefined), 50);
    await eventually('doubt', () => (session.isCertain() ? undefined : true));
    clearInterval(reading);
    watching.stop();
    // Counting what it answers on its own, doubt would begin two thirds of the time-out after it had noticed. The ensemble's
    // leader is its word until it notices: others who elect count the time-out of a session anew from then.
    expect(performance.now() - noticedMs).toBeLessThan(isLeader ? TIMEOUT_MS : (TIMEOUT_MS * 2) / 3 - 300);
  });
});
