import { beforeEach, describe, expect, test } from 'vitest';
import {
  linkVolumes,
  placeVolumes,
  type VolumeTarget,
} from '../../../../../src/daemon/agent/containers/confinement/persistent-volumes.ts';
import type { PersistentVolume } from '../../../../../src/daemon/agent/containers/containerizer.ts';
import { Simulation } from '../../../../../src/simulation/index.ts';
import type { Disk } from '../../../../../src/world/disk.ts';
import type { World } from '../../../../../src/world/world.ts';

const VOLUME: PersistentVolume = {
  source: '/work/volumes/v1',
  containerPath: 'data',
  isReadOnly: false,
  isShared: false,
};
const PLAIN: VolumeTarget = {
  sandbox: '/sandbox',
  user: undefined,
  image: undefined,
  canMount: false,
  hasProcess: true,
};
const IMAGE = { root: '/images/root', sandboxDirectory: '/mnt/mesos/sandbox' };

describe('a persistent volume', () => {
  let simulation: Simulation;
  let world: World;
  const onDisk = <T>(act: (disk: Disk) => Promise<T>): Promise<T> => simulation.settle(act(world.disk));
  const place = (volume: Partial<PersistentVolume>, target: Partial<VolumeTarget> = {}) =>
    simulation.settle(placeVolumes(world, [{ ...VOLUME, ...volume }], { ...PLAIN, ...target }));

  beforeEach(async () => {
    simulation = new Simulation({ seed: 1 });
    ({ world } = simulation.host('agent').start('agent', async () => undefined));
    for (const path of ['/work/volumes/v1', '/sandbox', '/mnt/data', '/images/root/var']) {
      await onDisk((disk) => disk.makeDirectory(path));
    }
  });

  test('is a link in the sandbox, in a directory of it too, and made anew when it is there', async () => {
    for (const containerPath of ['data', 'in/here/data', 'data']) {
      expect(await place({ containerPath })).toEqual([]);
      expect(await onDisk((disk) => disk.readLink(`/sandbox/${containerPath}`))).toBe('/work/volumes/v1');
    }
  });

  test.each(['../data', 'a/../../data', '..', '.'])('does not leave the sandbox: %s', async (containerPath) => {
    await expect(place({ containerPath })).rejects.toThrow(/leaves the sandbox|cannot be the place/);
  });

  test('takes nothing away that is in its place', async () => {
    await onDisk((disk) => disk.writeAtomic('/sandbox/data', 'mine'));
    await expect(place({})).rejects.toThrow('something else');
  });

  test('goes through no link that a task has put there', async () => {
    await onDisk((disk) => disk.symlink('/mnt', '/sandbox/in'));
    await expect(place({ containerPath: 'in/data' })).rejects.toThrow('is not a directory of the sandbox');
  });

  test('is mounted at an absolute path, where that can be done', async () => {
    const containerPath = '/mnt/data';
    await expect(place({ containerPath })).rejects.toThrow('--isolation=filesystem/linux');
    expect(await place({ containerPath, isReadOnly: true }, { canMount: true })).toEqual([
      { source: '/work/volumes/v1', target: '/mnt/data', isReadOnly: true, isReal: true },
    ]);
    await expect(place({ containerPath: '/no/such' }, { canMount: true })).rejects.toThrow('only an image may lack it');
  });

  test('is mounted in the sandbox where it is to be read only and can be; else it is a link, and the log says so', async () => {
    const mount = { source: '/work/volumes/v1', target: '/sandbox/in/data', isReadOnly: true, isReal: true };
    const readOnly = { containerPath: 'in/data', isReadOnly: true };
    expect(await place(readOnly, { canMount: true })).toEqual([mount]);
    expect((await onDisk((disk) => disk.statLink('/sandbox/in/data')))?.kind).toBe('directory');
    for (const target of [{ canMount: false }, { canMount: true, hasProcess: false }]) {
      expect(await place({ ...readOnly, containerPath: 'data' }, target)).toEqual([]);
      expect(await onDisk((disk) => disk.readLink('/sandbox/data'))).toBe('/work/volumes/v1');
    }
    expect(await place({ containerPath: 'written' }, { canMount: true })).toEqual([]);
  });

  test('is mounted in an image, in its sandbox or anywhere', async () => {
    const targets = [];
    for (const containerPath of ['data', '/var/lib/data']) {
      targets.push(...(await place({ containerPath }, { image: IMAGE, canMount: true })).map(({ target }) => target));
    }
    expect(targets).toEqual(['/mnt/mesos/sandbox/data', '/var/lib/data']);
  });

  test('belongs to whoever uses it; a shared one to the first', async () => {
    const owner = async () => (await onDisk((disk) => disk.stat(VOLUME.source)))?.uid;
    await place({}, { user: { uid: 7, gid: 7 } });
    await place({}, { user: { uid: 8, gid: 8 } });
    expect(await owner()).toBe(8);
    await place({ isShared: true }, { user: { uid: 9, gid: 9 } });
    expect(await owner()).toBe(8);
  });

  test('whose data is not there keeps its container from starting', async () => {
    await expect(place({ source: '/work/volumes/v2' })).rejects.toThrow("is not at '/work/volumes/v2'");
  });

  test('cannot be mounted any more in a container that runs', async () => {
    const link = (containerPath: string) =>
      simulation.settle(linkVolumes(world, [{ ...VOLUME, containerPath }], PLAIN));
    await link('late');
    expect(await onDisk((disk) => disk.readLink('/sandbox/late'))).toBe('/work/volumes/v1');
    await expect(link('/mnt/data')).rejects.toThrow('runs already');
  });
});
