// What both Worlds keep (the rules at the head of src/world/world.ts): the real one and the simulated one run the same
// promises, so that nothing above can tell them apart.
import { describe } from 'vitest';
import type { World } from '../../src/world/world.ts';
import { describeClockContract } from './contract/clock.ts';
import { describeDiskContract } from './contract/disk.ts';
import { describeNetContract } from './contract/net.ts';
import { describeProcessesContract } from './contract/processes.ts';

/** A World and what the promises need to try it out. */
export interface WorldHarness {
  readonly world: World;
  /** Another process on the same machine: same disk, same network, same task processes. */
  readonly other: World;
  /** An empty directory of its own. */
  readonly directory: string;
  /** An address of this host to listen on. */
  readonly address: string;
  /** Programs that can be launched as tasks, as argv. */
  readonly programs: {
    /** Ends at once with that code. */
    exits(code: number): readonly [string, ...string[]];
    /** Runs until it is killed. */
    readonly sleeps: readonly [string, ...string[]];
    /** Writes the text to stdout and ends with 0. */
    prints(text: string): readonly [string, ...string[]];
  };
  /** Ends the process `other` without a goodbye: its locks, listeners and connections go, its tasks stay. */
  crashOther(): Promise<void>;
  /** Runs a test body to its end: the real world just calls it, a simulator advances its virtual time meanwhile. */
  drive<T>(body: () => Promise<T>): Promise<T>;
  dispose(): Promise<void>;
}

export function describeWorldContract(name: string, makeHarness: () => Promise<WorldHarness>): void {
  describe(`world contract: ${name}`, () => {
    describeClockContract(makeHarness);
    describeDiskContract(makeHarness);
    describeNetContract(makeHarness);
    describeProcessesContract(makeHarness);
  });
}
