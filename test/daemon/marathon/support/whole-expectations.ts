// What must hold of a whole Marathon that has come to rest.
import { expect } from 'vitest';
import type { Whole } from './whole.ts';

/** In memory, in the store and at the agents there are so many instances, all of them running, and nothing else. */
export function expectRunning(whole: Whole, id: string, commands: readonly string[]): void {
  expect(whole.commands(id)).toEqual(commands);
  expect(whole.states(id)).toEqual(commands.map(() => 'Running Running'));
}

/** No deployment, kill, record or error is left that should not be. */
export function expectQuiet(whole: Whole): void {
  expect(whole.it.deployments.running).toEqual([]);
  expect(whole.store.keys('deployments/')).toEqual([]);
  expect(whole.storedInstances().sort()).toEqual([...whole.it.instances.all()].map(({ id }) => id).sort());
  expect(whole.it.kills.inFlight.tasks).toBe(0);
  expect(whole.errors).toEqual([]);
  expect(whole.failures).toEqual([]);
}
