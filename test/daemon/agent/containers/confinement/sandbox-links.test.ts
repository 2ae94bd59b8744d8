import { beforeEach, describe, expect, test } from 'vitest';
import { linkSandboxVolumes } from '../../../../../src/daemon/agent/containers/confinement/sandbox-links.ts';
import type { Volume } from '../../../../../src/mesos/generated/v1.ts';
import { Simulation } from '../../../../../src/simulation/index.ts';
import type { World } from '../../../../../src/world/world.ts';

const PLACES = { sandbox: '/outer/containers/c1', parentSandbox: '/outer' };
const shared = (container_path: string, path: string): Volume => ({
  mode: 'RW',
  container_path,
  source: { type: 'SANDBOX_PATH', sandbox_path: { type: 'PARENT', path } },
});

describe('volumes of sandboxes without mounts', () => {
  let simulation: Simulation;
  let world: World;
  beforeEach(async () => {
    simulation = new Simulation({ seed: 1 });
    const agent = simulation.host('agent').start('agent', (given) => given.disk.makeDirectory(PLACES.sandbox));
    ({ world } = agent);
    await simulation.settle(world.disk.makeDirectory(PLACES.sandbox));
  });
  const link = (...volumes: Volume[]) => simulation.settle(linkSandboxVolumes(world, PLACES, volumes));

  test('are links to one directory for all', async () => {
    await link(shared('data', 'shared/data'), shared('in/data', 'shared/data'));
    for (const path of ['data', 'in/data']) {
      const to = await simulation.settle(world.disk.readLink(`${PLACES.sandbox}/${path}`));
      expect(to).toBe('/outer/shared/data');
    }
  });

  test.each([
    ['../../etc', 'data'],
    ['/etc', 'data'],
    ['ok', '../data'],
    ['ok', '..'],
  ])('do not leave the sandbox: %s at %s', async (path, at) => {
    await expect(link(shared(at, path))).rejects.toThrow(/leaves the sandbox|cannot be the place/);
  });

  test('do not go through a link that a task has put there', async () => {
    await simulation.settle(world.disk.symlink('/etc', '/outer/shared'));
    await expect(link(shared('data', 'shared/data'))).rejects.toThrow('is not a directory of the sandbox');
  });
});
