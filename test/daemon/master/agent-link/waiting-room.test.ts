// Agents that come to a leader which is not ready yet.
import { expect, test } from 'vitest';
import { MAX_WAITING_BYTES, WaitingRoom } from '../../../../src/daemon/master/agent-link/waiting-room.ts';
import { Simulation } from '../../../../src/simulation/index.ts';
import type { HttpResponse } from '../../../../src/world/net.ts';

const NOT_READY: HttpResponse = { status: 503 };
const ELSEWHERE: HttpResponse = { status: 307 };

/** A room behind one door, and what its guests were told, in order: `guest` when served, else `guest:status`. */
async function roomInWorld() {
  const simulation = new Simulation({ seed: 1 });
  const handle = simulation.host('h').start('p', async (world) => world);
  await simulation.runUntil(() => handle.value !== undefined);
  const room = new WaitingRoom(handle.world.clock);
  const told: string[] = [];
  const at = { instead: undefined as HttpResponse | undefined, told };
  return {
    at,
    enter(guest: string, bytes = 10): void {
      void (async () => {
        const instead = await room.enter(bytes, () => at.instead);
        told.push(instead === undefined ? guest : `${guest}:${instead.status}`);
      })();
    },
    pass: (ms: number) => simulation.run({ forMs: ms }),
  };
}

test('who comes to a leader that is ready is served at once', async () => {
  const { at, enter, pass } = await roomInWorld();
  enter('a');
  await pass(0);
  expect(at.told).toEqual(['a']);
});

test('who comes too early is served as soon as the leader is ready, first come, first served', async () => {
  const { at, enter, pass } = await roomInWorld();
  at.instead = NOT_READY;
  enter('a');
  enter('b');
  await pass(5_000);
  expect(at.told).toEqual([]);
  at.instead = undefined;
  enter('c');
  await pass(25);
  expect(at.told).toEqual(['a', 'b', 'c']);
});

test('a crowd is let in a few at a time, so that others are served between them', async () => {
  const { at, enter, pass } = await roomInWorld();
  at.instead = NOT_READY;
  for (let guest = 0; guest < 100; guest++) enter(`${guest}`);
  at.instead = undefined;
  const seen = new Set<number>();
  for (let ms = 0; ms < 60; ms++) {
    await pass(1);
    seen.add(at.told.length);
  }
  expect([...seen]).toEqual([0, 20, 40, 60, 80, 100]);
});

test('who is led elsewhere is told at once', async () => {
  const { at, enter, pass } = await roomInWorld();
  at.instead = NOT_READY;
  for (let guest = 0; guest < 30; guest++) enter(`${guest}`);
  await pass(100);
  at.instead = ELSEWHERE;
  await pass(25);
  expect(at.told).toHaveLength(30);
  expect(at.told[29]).toBe('29:307');
  enter('late');
  await pass(0);
  expect(at.told.at(-1)).toBe('late:307');
});

test('nobody waits longer than an agent is patient, and who came later waits on', async () => {
  const { at, enter, pass } = await roomInWorld();
  at.instead = NOT_READY;
  enter('early');
  await pass(15_000);
  enter('late');
  await pass(5_100);
  expect(at.told).toEqual(['early:503']);
  at.instead = undefined;
  await pass(25);
  expect(at.told).toEqual(['early:503', 'late']);
});

test('beyond so many bytes nobody is kept', async () => {
  const { at, enter, pass } = await roomInWorld();
  at.instead = NOT_READY;
  enter('large', MAX_WAITING_BYTES);
  enter('small');
  await pass(0);
  expect(at.told).toEqual(['small:503']);
});
