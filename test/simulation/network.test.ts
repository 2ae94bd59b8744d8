import { describe, expect, test } from 'vitest';
import { type NetworkConditions, Simulation, SOUND_NETWORK } from '../../src/simulation/index.ts';
import type { ClientStream, StreamWriter } from '../../src/world/net.ts';

/** A server and a client, up and running. */
async function pair(conditions: Partial<NetworkConditions> = {}, seed = 1) {
  const simulation = new Simulation({ seed });
  simulation.network.conditions = { ...SOUND_NETWORK, ...conditions };
  const [serverHost, clientHost] = [simulation.host('server'), simulation.host('client')];
  const seen: string[] = [];
  const writers: StreamWriter[] = [];
  const closes: number[] = [];
  const server = serverHost.start('server', async (world) => {
    await world.net.listen({
      host: '0.0.0.0',
      port: 80,
      handler: (request) => {
        seen.push(request.target);
        const start = (writer: StreamWriter) => {
          writers.push(writer);
          writer.onClose(() => closes.push(simulation.nowMs));
        };
        return request.target === '/stream' ? { status: 200, body: { start } } : { status: 202 };
      },
    });
  });
  const client = clientHost.start('client', async () => undefined);
  await simulation.run({ forMs: 10 });
  const request = (timeoutMs = 30_000, target = '/x') =>
    simulation
      .settle(client.world.net.request({ method: 'POST', url: `http://server${target}`, body: 'b', timeoutMs }))
      .then(
        (response) => response.status,
        (error: { code?: string }) => error.code,
      );
  const open = () => simulation.settle(client.world.net.openStream({ method: 'GET', url: 'http://server/stream' }));
  return { simulation, serverHost, clientHost, server, client, seen, writers, closes, request, open };
}

function collect(stream: ClientStream) {
  const chunks: string[] = [];
  const ends: (string | undefined)[] = [];
  stream.onChunk((chunk) => chunks.push(new TextDecoder().decode(chunk)));
  stream.onEnd((error) => ends.push(error?.code));
  return { chunks, ends };
}

describe('an exchange', () => {
  test('that is lost on the way was never seen', async () => {
    const { request, seen } = await pair({ loseRequestChance: 1 });
    expect(['broken', 'timeout']).toContain(await request());
    expect(seen).toEqual([]);
  });

  test('whose answer is lost was seen all the same', async () => {
    const { request, seen } = await pair({ loseResponseChance: 1 });
    expect(await request()).toBe('broken');
    expect(seen).toEqual(['/x']);
  });

  test('that is duplicated is seen twice and answered once', async () => {
    const { request, seen, simulation } = await pair({ duplicateChance: 1, duplicateWithinMs: 100 });
    expect(await request()).toBe(202);
    await simulation.run({ forMs: 200 });
    expect(seen).toEqual(['/x', '/x']);
  });

  test('within one machine is always sound', async () => {
    const { simulation, server } = await pair({ loseRequestChance: 1, duplicateChance: 1 });
    const answer = simulation.settle(server.world.net.request({ method: 'GET', url: 'http://127.0.0.1/x' }));
    expect((await answer).status).toBe(202);
  });

  test('runs into its time limit when the machines are cut off', async () => {
    const { simulation, clientHost, request, seen } = await pair();
    simulation.network.partition([clientHost]);
    const beforeMs = simulation.nowMs;
    expect(await request(5_000)).toBe('timeout');
    expect(simulation.nowMs - beforeMs).toBe(5_000);
    simulation.network.heal();
    expect(await request(5_000)).toBe(202);
    expect(seen).toHaveLength(1);
  });

  test('may arrive although no answer can come back', async () => {
    const { simulation, clientHost, serverHost, request, seen } = await pair();
    simulation.network.blockOneWay(serverHost, clientHost);
    for (let round = 0; round < 10; round++) {
      expect(await request(1_000)).not.toBe(202);
    }
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.length).toBeLessThan(10);
  });
});

describe('a stream', () => {
  test('keeps its bytes in order however they are cut', async () => {
    const { simulation, open, writers } = await pair({ splitChance: 0.9, slowChance: 0.5, slowMs: 100 });
    const { chunks } = collect(await open());
    const sent = Array.from({ length: 100 }, (_, index) => `<${index}>`);
    for (const text of sent) {
      writers[0]?.write(text);
    }
    await simulation.run({ forMs: 1_000 });
    expect(chunks.join('')).toBe(sent.join(''));
    expect(chunks.length).toBeGreaterThan(100);
  });

  test('waits out a short cut without losing anything', async () => {
    const { simulation, open, writers, clientHost } = await pair();
    const { chunks, ends } = collect(await open());
    simulation.network.partition([clientHost]);
    writers[0]?.write('held');
    await simulation.run({ forMs: 5_000 });
    expect(chunks).toEqual([]);
    simulation.network.heal();
    await simulation.run({ forMs: 10 });
    expect([chunks.join(''), ends]).toEqual(['held', []]);
  });

  test('breaks for the writer after a long cut; a silent reader learns of it only when it is told', async () => {
    const { simulation, open, writers, closes, clientHost } = await pair();
    const { ends } = collect(await open());
    simulation.network.partition([clientHost]);
    writers[0]?.write('lost');
    await simulation.run({ forMs: 60_000 });
    expect(closes).toHaveLength(1);
    expect(writers[0]?.isOpen).toBe(false);
    simulation.network.heal();
    await simulation.run({ forMs: 60_000 });
    expect(ends).toEqual([]);
  });

  test('breaks for a writer that writes to a machine that came back without it', async () => {
    const { simulation, open, writers, closes, clientHost } = await pair();
    await open();
    clientHost.reboot(1_000);
    await simulation.run({ forMs: 5_000 });
    expect(closes).toEqual([]);
    writers[0]?.write('are you there');
    await simulation.run({ forMs: 100 });
    expect(closes).toHaveLength(1);
  });

  test('that the reader closes is told to the writer', async () => {
    const { simulation, open, closes } = await pair();
    (await open()).close();
    await simulation.run({ forMs: 100 });
    expect(closes).toHaveLength(1);
  });

  test('has a life of its own length when the network cuts streams', async () => {
    const { simulation, open, closes } = await pair({ streamLifeMs: 1_000 });
    const { ends } = collect(await open());
    await simulation.run({ forMs: 60_000 });
    expect([closes.length, ends]).toEqual([1, ['broken']]);
  });
});
