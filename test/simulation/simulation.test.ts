import { describe, expect, test } from 'vitest';
import { type SimulatedHost, Simulation, SOUND_NETWORK } from '../../src/simulation/index.ts';
import type { StreamWriter } from '../../src/world/net.ts';

const HOUR_MS = 3_600_000;

/** A server that counts requests and keeps its streams. */
function startServer(host: SimulatedHost) {
  const seen: string[] = [];
  const writers: StreamWriter[] = [];
  let closed = 0;
  const handle = host.start('server', async (world) => {
    await world.net.listen({
      host: '0.0.0.0',
      port: 80,
      handler: (request) => {
        seen.push(request.target);
        if (request.target !== '/stream') {
          return { status: 200, body: request.target };
        }
        return {
          status: 200,
          body: {
            start: (writer) => {
              writers.push(writer);
              writer.onClose(() => closed++);
            },
          },
        };
      },
    });
  });
  return { handle, seen, writers, closed: () => closed };
}

const idle = async () => undefined;

/** A busy little world whose every outcome hangs on chance. */
async function busyRun(seed: number): Promise<{ fingerprint: string; events: number; trace: string }> {
  const simulation = new Simulation({ seed });
  simulation.network.conditions = {
    ...SOUND_NETWORK,
    loseRequestChance: 0.1,
    loseResponseChance: 0.1,
    duplicateChance: 0.1,
    duplicateWithinMs: 500,
  };
  const server = startServer(simulation.host('server'));
  const trace: string[] = [];
  for (const name of ['one', 'two']) {
    simulation.host(name).start('client', async (world) => {
      for (let round = 0; ; round++) {
        await world.clock.sleep(world.random.float() * 100);
        const url = `http://server/${name}/${round}/${world.random.uuid()}`;
        const outcome = await world.net.request({ method: 'GET', url, timeoutMs: 1_000 }).then(
          (response) => String(response.status),
          (error: Error) => error.message,
        );
        trace.push(`${simulation.nowMs} ${outcome}`);
      }
    });
  }
  await simulation.run({ forMs: 10_000 });
  server.handle.crash();
  await simulation.run({ forMs: 1_000 });
  server.handle.restart();
  await simulation.run({ forMs: 10_000 });
  return { fingerprint: simulation.fingerprint, events: simulation.events, trace: trace.join('\n') };
}

describe('a run', () => {
  test('is the same event by event for the same seed, and another for another', async () => {
    const [first, again, other] = [await busyRun(5), await busyRun(5), await busyRun(6)];
    expect(again).toEqual(first);
    expect(first.events).toBeGreaterThan(1_000);
    expect(other.fingerprint).not.toBe(first.fingerprint);
  });

  test('does not wait for real time', async () => {
    const simulation = new Simulation({ seed: 1 });
    let ticks = 0;
    simulation.host('a').start('clock', async (world) => {
      world.clock.every(60_000, () => ticks++);
    });
    await simulation.run({ forMs: 24 * HOUR_MS });
    expect(ticks).toBe(24 * 60);
    expect(simulation.nowMs).toBe(24 * HOUR_MS);
  });

  test('ends with the exception that nothing in a process caught', async () => {
    const simulation = new Simulation({ seed: 1 });
    simulation.host('a').start('careless', async (world) => {
      world.clock.setTimer(10, () => {
        throw new Error('nobody catches this');
      });
    });
    await expect(simulation.run({ forMs: 100 })).rejects.toThrow('nobody catches this');
  });

  test('lets everything that follows from one event happen before the next', async () => {
    const simulation = new Simulation({ seed: 1 });
    const order: string[] = [];
    simulation.host('a').start('two-timers', async (world) => {
      world.clock.setTimer(10, async () => {
        order.push('first');
        for (let step = 0; step < 50; step++) {
          await Promise.resolve();
        }
        order.push('first, settled');
      });
      world.clock.setTimer(10, () => order.push('second'));
    });
    await simulation.run({ forMs: 20 });
    expect(order).toEqual(['first', 'first, settled', 'second']);
  });
});

describe('a crashed process', () => {
  test('hears of no timer and no promise any more', async () => {
    const simulation = new Simulation({ seed: 1 });
    const after: string[] = [];
    const handle = simulation.host('a').start('victim', async (world) => {
      world.clock.setTimer(100, () => after.push('timer'));
      world.clock.sleep(100).then(() => after.push('sleep'));
      world.disk.writeAtomic('/tmp/f', 'x').then(() => world.clock.sleep(100).then(() => after.push('disk')));
    });
    await simulation.run({ forMs: 50 });
    handle.crash();
    expect(handle.state).toBe('dead');
    await simulation.run({ forMs: 1_000 });
    expect(after).toEqual([]);
  });

  test('loses its listener, breaks its streams and is refused until it is started again', async () => {
    const simulation = new Simulation({ seed: 1 });
    const server = startServer(simulation.host('server'));
    const client = simulation.host('client').start('client', idle);
    await simulation.run({ forMs: 10 });
    const stream = await simulation.settle(
      client.world.net.openStream({ method: 'POST', url: 'http://server/stream', body: '' }),
    );
    const ends: unknown[] = [];
    stream.onEnd((error) => ends.push(error?.code));
    server.handle.crash();
    await simulation.run({ forMs: 100 });
    expect(ends).toEqual(['broken']);
    const request = () => simulation.settle(client.world.net.request({ method: 'GET', url: 'http://server/x' }));
    await expect(request()).rejects.toMatchObject({ code: 'refused' });
    server.handle.restart();
    await simulation.run({ forMs: 10 });
    expect((await request()).status).toBe(200);
    expect(server.handle.incarnation).toBe(2);
  });

  test('leaves its tasks running', async () => {
    const simulation = new Simulation({ seed: 1 });
    const host = simulation.host('a');
    const daemon = host.start('agent', (world) =>
      world.processes.launch({
        argv: ['sh', '-c', 'sleep 60; exit 3'],
        env: {},
        cwd: '/tmp',
        stdout: '/tmp/out',
        stderr: '/tmp/err',
        exitFile: '/tmp/exit',
      }),
    );
    await simulation.run({ forMs: 1_000 });
    const identity = daemon.value;
    daemon.crash();
    expect(host.tasks.size).toBe(1);
    daemon.restart();
    await simulation.run({ forMs: 1_000 });
    expect(await simulation.settle(daemon.world.processes.isAlive(identity ?? { pid: 0, startTime: 0 }))).toBe(true);
    await simulation.run({ forMs: 60_000 });
    expect(await simulation.settle(daemon.world.disk.readText('/tmp/exit'))).toBe('exited 3\n');
  });

  test('may be killed in the middle of what it does, after so many events', async () => {
    const simulation = new Simulation({ seed: 1 });
    let steps = 0;
    const handle = simulation.host('a').start('victim', async (world) => {
      for (;;) {
        await world.clock.sleep(1);
        steps++;
      }
    });
    await simulation.run({ forMs: 10.5 });
    handle.crashAfter(3);
    await simulation.run({ forMs: 100 });
    expect([handle.state, steps]).toEqual(['dead', 13]);
  });

  test('that stops for a while does everything late, in order', async () => {
    const simulation = new Simulation({ seed: 1 });
    const at: number[] = [];
    const handle = simulation.host('a').start('slow', async (world) => {
      world.clock.setTimer(100, () => at.push(simulation.nowMs));
      world.clock.setTimer(200, () => at.push(simulation.nowMs));
    });
    await simulation.run({ forMs: 50 });
    handle.stopFor(1_000);
    await simulation.run({ forMs: 2_000 });
    expect(at).toEqual([1_050, 1_050]);
  });
});

describe('a daemon that ends by itself', () => {
  test('is `ended` with what its promise said, or `failed` when it could not start', async () => {
    const simulation = new Simulation({ seed: 1 });
    const host = simulation.host('a');
    const leaving = host.start('leaving', async (world) => ({ ended: world.clock.sleep(100).then(() => 'bye') }));
    const broken = host.start('broken', () => Promise.reject(new Error('no')));
    await simulation.run({ forMs: 50 });
    expect(leaving.state).toBe('running');
    await simulation.run({ forMs: 100 });
    expect([leaving.state, leaving.outcome]).toEqual(['ended', 'bye']);
    expect([broken.state, String(broken.outcome)]).toEqual(['failed', 'Error: no']);
  });
});

describe('a reboot', () => {
  test('ends tasks, changes the boot id, empties /var/run and tells nobody', async () => {
    const simulation = new Simulation({ seed: 1 });
    const server = startServer(simulation.host('server'));
    const host = simulation.host('server');
    const client = simulation.host('client').start('client', idle);
    await simulation.run({ forMs: 10 });
    const stream = await simulation.settle(client.world.net.openStream({ method: 'GET', url: 'http://server/stream' }));
    const ends: unknown[] = [];
    stream.onEnd((error) => ends.push(error?.code));
    host.disk.tree.makeDirectory('/var/run/agent');
    const before = host.bootId;
    host.reboot(5_000);
    await simulation.run({ forMs: 60_000 });
    expect(ends).toEqual([]);
    expect(host.bootId).not.toBe(before);
    expect(host.disk.tree.stat('/var/run/agent')).toBeUndefined();
    expect(server.handle.state).toBe('dead');
  });

  test('lets requests run into their time limit while the machine is down', async () => {
    const simulation = new Simulation({ seed: 1 });
    startServer(simulation.host('server'));
    const client = simulation.host('client').start('client', idle);
    await simulation.run({ forMs: 10 });
    simulation.host('server').reboot(60_000);
    const request = client.world.net.request({ method: 'GET', url: 'http://server/x', timeoutMs: 5_000 });
    await expect(simulation.settle(request)).rejects.toMatchObject({ code: 'timeout' });
  });
});
