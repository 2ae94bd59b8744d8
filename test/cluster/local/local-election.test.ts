// The local election: the contract of all elections, and what its files say.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LocalElection } from '../../../src/cluster/local/index.ts';
import { createRealWorld, type RealWorld } from '../../../src/world/real/index.ts';
import { describeElectionContract } from '../election-contract.ts';

const newWorld = (): RealWorld => createRealWorld({ log: { level: 'silent' } });

describeElectionContract('local', { second: 'refused' }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'mctl-election-'));
  const processes = new Map<string, { world: RealWorld; election: LocalElection }>();
  return {
    async election(name) {
      const known = processes.get(name);
      if (known !== undefined) return known.election;
      const world = newWorld();
      const election = new LocalElection(world, { directory });
      processes.set(name, { world, election });
      return election;
    },
    async crash(name) {
      await processes.get(name)?.world.close();
      processes.delete(name);
    },
    settle: () => new Promise((resolve) => setTimeout(resolve, 20)),
    drive: (body) => body(),
    async dispose() {
      for (const { world } of processes.values()) await world.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
});

describe('local election', () => {
  let directory: string;
  const world = newWorld();
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mctl-election-'));
  });
  afterEach(async () => {
    await world.close();
    await rm(directory, { recursive: true, force: true });
  });
  const events = { elected: (): void => undefined, lost: (): void => undefined };

  test('the epoch is on the disk before anyone is elected', async () => {
    const election = new LocalElection(world, { directory });
    await election.campaign({ data: 'A' }, events);
    expect(JSON.parse(await readFile(join(directory, 'epoch.json'), 'utf8'))).toEqual({ format: 1, epoch: 1 });
    await election.close();
  });

  test('an epoch file of a newer format is refused and the lock given back', async () => {
    await writeFile(join(directory, 'epoch.json'), '{"format":2,"epoch":7}');
    const election = new LocalElection(world, { directory });
    await expect(election.campaign({ data: 'A' }, events)).rejects.toThrow(/newer mctl/);
    await (await world.disk.lock(join(directory, 'lock'))).release();
  });

  test('who is refused learns which process holds the directory', async () => {
    await new LocalElection(world, { directory }).campaign({ data: 'A' }, events);
    const other = new LocalElection(newWorld(), { directory });
    await expect(other.campaign({ data: 'B' }, events)).rejects.toThrow(`process ${process.pid}`);
  });
});
