// The store of images on this very machine, with the tools that fetch and unpack them: what it keeps, what it removes, and
// what is left when something goes wrong.
import { execFileSync, spawn } from 'node:child_process';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ImageGc } from '../../src/daemon/agent/containers/images/image-gc.ts';
import { ImageStore, type ImageWish, type StoreOptions } from '../../src/daemon/agent/containers/images/store.ts';
import type { ToolCommand } from '../../src/world/processes.ts';
import { createRealWorld, type RealWorld } from '../../src/world/real/index.ts';
import type { World } from '../../src/world/world.ts';
import { makeImage, missingForImages } from './image-fixture.ts';
import { LOGIN, PASSWORD, SilentRegistry } from './registry-fixture.ts';

const MEGABYTE = 2 ** 20;
const isRoot = process.getuid?.() === 0;
const missing = missingForImages();
if (!isRoot) console.log('SKIPPED: tests of the store of images, because only root can unpack them');
if (missing.length > 0) console.log(`SKIPPED: tests of the store of images: this machine lacks ${missing.join(', ')}`);

let directory: string;
let images: string;
let place: string;
let real: RealWorld;
let world: World;
let store: ImageStore;
/** Tools that were run, as they were called. */
let tools: string[];
let serial = 0;

/** Everything real, and every call of a tool written down. */
function watched(): World {
  const run = (command: ToolCommand) => {
    tools.push(command.argv.join(' '));
    return real.processes.run(command);
  };
  return {
    ...real,
    host: real.host,
    processes: new Proxy(real.processes, { get: (of, key) => (key === 'run' ? run : Reflect.get(of, key)) }),
  };
}
async function open(options: Partial<StoreOptions> = {}): Promise<ImageStore> {
  store = new ImageStore(world, {
    directory: place,
    registry: images,
    stallMs: 20_000,
    architecture: 'amd64',
    ...options,
  });
  await store.start();
  await store.recovered(new Map());
  return store;
}
const get = (name: string, more: Partial<ImageWish> = {}) => {
  const containerId = `c${++serial}`;
  return store.get({ name, mayBeKept: true, logins: undefined, containerId, isCancelled: () => false, ...more });
};
const refusal = (name: string, more: Partial<ImageWish> = {}): Promise<string> =>
  get(name, more).then(
    () => 'got it',
    (error: Error) => error.message,
  );
const list = (path: string): Promise<string[]> => readdir(join(place, path)).catch(() => []);
/** What the store has, by kind. */
const kept = async () => ({
  blobs: (await list('blobs/sha256')).length,
  names: (await list('images')).length,
  roots: (await list('rootfs')).length,
  staging: (await list('staging')).length,
});
const NOTHING = { blobs: 0, names: 0, roots: 0, staging: 0 };

describe.skipIf(!isRoot || missing.length > 0)('the store of images', () => {
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mctl-store-'));
    images = join(directory, 'images');
    place = join(directory, 'store');
    await mkdir(images);
    tools = [];
    real = createRealWorld({ log: { level: 'error' } });
    world = watched();
    await makeImage(images, 'box');
  });
  afterEach(async () => {
    store.close();
    await real.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('fetches an image once for all who want it at the same time', async () => {
    await open();
    const got = await Promise.all([get('box'), get('box'), get('box'), get('box', { logins: '{"auths":{}}' })]);
    expect(new Set(got.map((image) => image.root)).size).toBe(1);
    expect(tools.filter((tool) => tool.includes(' copy '))).toHaveLength(1);
    expect(await kept()).toMatchObject({ names: 1, roots: 1, staging: 0 });
  });

  test('removes what no container has when it is told to, but what is to stay, and keeps the layers of that', async () => {
    await makeImage(images, 'other', { config: { Env: ['A=b'] } });
    await makeImage(images, 'third', { fill: (layer) => writeFile(join(layer, 'third'), '3') });
    await open();
    const box = await get('box', { containerId: 'user' });
    await get('other', { containerId: 'gone' });
    await get('third', { containerId: 'gone too' });
    await store.release('gone');
    await store.release('gone too');
    expect(await store.prune(['third:latest'])).toEqual(['other']);
    // Layer, config and manifest of either.
    expect(await kept()).toEqual({ blobs: 6, names: 2, roots: 2, staging: 0 });
    await store.release('user');
    expect(await store.prune([])).toEqual(expect.arrayContaining(['box', 'third']));
    expect(await kept()).toEqual(NOTHING);
    await expect(stat(box.root)).rejects.toThrow('ENOENT');
    expect((await get('box')).root).toBe(box.root);
  });

  test('never removes what a container has, also when it is of an agent before this one', async () => {
    await open();
    const { digest, root } = await get('box');
    store.close();
    store = new ImageStore(world, { directory: place, registry: images, stallMs: 20_000, architecture: 'amd64' });
    await store.start();
    await store.recovered(new Map([['old', digest]]));
    expect(await store.prune([])).toEqual([]);
    expect(await readdir(root)).toContain('bin');
    // The name means another image by now; the container goes on with its own, and takes it along at its end.
    await makeImage(images, 'box', { config: { Env: ['A=b'] } });
    const newer = await get('box', { mayBeKept: false, containerId: 'new' });
    expect(newer.root).not.toBe(root);
    expect(await readdir(root)).toContain('bin');
    await store.release('old');
    expect(await kept()).toEqual({ blobs: 3, names: 1, roots: 1, staging: 0 });
    // Nobody can say which one a container has: nothing goes.
    await store.release('new');
    await store.recovered(new Map([['unknown', undefined]]));
    expect(await store.prune([])).toEqual([]);
    await store.release('unknown');
    expect(await store.prune([])).toEqual(['box']);
  });

  test('is cleaned up by itself when the disk has less room than is to be free', async () => {
    await open();
    const pressed = {
      ...world,
      disk: new Proxy(real.disk, { get: (of, key) => (key === 'space' ? space : Reflect.get(of, key).bind(of)) }),
    };
    let freeBytes = 50;
    let looks = 0;
    const space = async () => {
      looks += 1;
      return { totalBytes: 100, freeBytes };
    };
    store = new ImageStore(pressed, { directory: place, registry: images, stallMs: 20_000, architecture: 'amd64' });
    await store.start();
    await get('box', { containerId: 'over' });
    await store.release('over');
    // Before anybody knows what containers of an agent before this one have.
    expect(await store.prune([])).toEqual([]);
    await store.recovered(new Map());
    const gc = new ImageGc(pressed, store, { headroom: 0.4, watchIntervalMs: 5, excluded: [] });
    const before = looks;
    await expect.poll(() => looks).toBeGreaterThan(before + 1);
    expect(await kept()).toMatchObject({ names: 1, roots: 1 });
    freeBytes = 39;
    await expect.poll(kept).toEqual(NOTHING);
    gc.close();
  });

  test('refuses what is corrupt, for another machine, or full of tricks, and nothing is left of it', async () => {
    await open();
    const oci = join(images, 'layout');
    const archive = `docker-archive:${join(images, 'box.tar')}`;
    execFileSync('skopeo', ['copy', '-q', '--insecure-policy', archive, `oci:${oci}:latest`]);
    const blobs = join(oci, 'blobs/sha256');
    const bySize = await Promise.all(
      (await readdir(blobs)).map(async (name) => ({ name, size: (await stat(join(blobs, name))).size })),
    );
    const layer = bySize.reduce((a, b) => (a.size > b.size ? a : b)).name;
    const whole = await readFile(join(blobs, layer));
    await appendFile(join(blobs, layer), 'more');
    expect(await refusal('layout')).toMatch(/'layout' cannot be fetched: .*(size|digest|match)/i);
    await rm(join(blobs, layer));
    expect(await refusal('layout')).toContain("'layout' cannot be fetched");
    await writeFile(join(blobs, layer), whole);
    await writeFile(join(oci, 'index.json'), '{"schemaVersion": 2, "manifests": [{"digest": "sha256:../../etc"}]}');
    expect(await refusal('layout')).toContain("'layout' cannot be fetched");
    await makeImage(images, 'foreign', { architecture: process.arch === 'arm64' ? 'amd64' : 's390x' });
    expect(await refusal('foreign')).toMatch(/cannot run here: it is for linux\/s390x, and this agent is linux\/amd64/);
    await makeImage(images, 'odd', { config: { Cmd: 'no list' } });
    expect(await refusal('odd')).toMatch(/'odd' (is corrupt|cannot be fetched)/);
    const outside = join(directory, 'outside');
    await mkdir(outside);
    await makeImage(images, 'climber', {
      fill: async (top) => {
        await symlink(outside, join(top, 'way'));
      },
      layers: [
        async (top) => {
          await mkdir(join(top, 'way'));
          await writeFile(join(top, 'way', 'planted'), 'x');
          await writeFile(join(top, '.wh...'), '');
        },
      ],
    });
    await refusal('climber');
    expect(await readdir(outside)).toEqual([]);
    await store.release(`c${serial}`);
    await store.prune([]);
    expect(await kept()).toEqual(NOTHING);
    expect(await refusal('box')).toBe('got it');
  });

  test('fetches everything again when a layer that it kept has been damaged', async () => {
    const archive = `docker-archive:${join(images, 'box.tar')}`;
    execFileSync('skopeo', ['copy', '-q', '--insecure-policy', archive, `oci:${join(images, 'kept')}:latest`]);
    await open();
    const { root } = await get('kept', { containerId: 'over' });
    await store.release('over');
    for (const name of await list('blobs/sha256')) {
      const path = join(place, 'blobs/sha256', name);
      if ((await stat(path)).size > 10_000) await truncate(path, 1_000);
    }
    await rm(root, { recursive: true });
    expect(await refusal('kept')).toContain("'kept' cannot be unpacked");
    expect(await refusal('kept')).toBe('got it');
  });

  test('takes layers that remove what is below them', async () => {
    await makeImage(images, 'whiteouts', {
      fill: async (layer) => {
        await mkdir(join(layer, 'old'));
        for (const name of ['old/a', 'old/b', 'gone', 'stays']) await writeFile(join(layer, name), name);
      },
      layers: [
        async (layer) => {
          await mkdir(join(layer, 'old'));
          for (const name of ['old/.wh..wh..opq', 'old/c', '.wh.gone']) await writeFile(join(layer, name), '');
        },
      ],
    });
    await open();
    const { root } = await get('whiteouts');
    expect(await readdir(root)).toEqual(expect.arrayContaining(['stays', 'old']));
    expect(await readdir(root)).not.toContain('gone');
    expect(await readdir(join(root, 'old'))).toEqual(['c']);
  });

  test('leaves nothing when the disk is full, and goes on when there is room', async () => {
    await makeImage(images, 'large', {
      fill: async (layer) => {
        await writeFile(join(layer, 'large'), '');
        await truncate(join(layer, 'large'), 64 * MEGABYTE);
      },
    });
    await mkdir(place);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', place]);
    try {
      await open();
      expect(await refusal('large')).toMatch(/'large' cannot be (fetched|unpacked): .*no space left/);
      expect(await kept()).toEqual(NOTHING);
      expect(await refusal('box')).toBe('got it');
    } finally {
      execFileSync('umount', [place]);
    }
  });

  describe('with a registry that does not answer', () => {
    let registry: SilentRegistry;
    afterEach(() => registry.stop());

    test('gives up when nothing comes, or when nobody wants it, and does not keep others waiting', async () => {
      registry = await SilentRegistry.start();
      await open();
      await get('box', { containerId: 'over' });
      await open({ registry: registry.url, stallMs: 2_000 });
      let isCancelled = false;
      const given = refusal('slow', { isCancelled: () => isCancelled });
      const other = refusal('slow');
      await expect.poll(() => registry.waiting).toBe(1);
      isCancelled = true;
      expect(await given).toContain('not wanted any more');
      expect(registry.waiting).toBe(1);
      // Meanwhile who wants another one has it.
      expect(await refusal('box')).toBe('got it');
      expect(await other).toContain('nothing came for 2 seconds');
      await expect.poll(() => registry.waiting).toBe(0);
      isCancelled = false;
      const alone = refusal('slow', { isCancelled: () => isCancelled });
      await expect.poll(() => registry.waiting).toBe(1);
      isCancelled = true;
      expect(await alone).toContain('not wanted any more');
      await expect.poll(() => registry.waiting).toBe(0);
      await expect.poll(kept).toEqual({ blobs: 3, names: 1, roots: 1, staging: 0 });
      await registry.stop();
      expect(await refusal('slow')).toMatch(/'slow' cannot be fetched: .*connection refused/);
    });

    test('tells it who we are by a file that nobody else may read, and tells nobody else', async () => {
      registry = await SilentRegistry.start({ asks: true });
      await open({ registry: registry.url, stallMs: 60_000 });
      const host = registry.url.slice('http://'.length);
      const logins = JSON.stringify({ auths: { [host]: { auth: LOGIN } } });
      let isCancelled = false;
      const given = refusal('team/box', { logins, isCancelled: () => isCancelled });
      await expect.poll(() => registry.waiting).toBe(1);
      expect(registry.requests.at(-1)?.headers.authorization).toBe(`Basic ${LOGIN}`);
      const [staging = ''] = await list('staging');
      expect((await stat(join(place, 'staging', staging, 'auth.json'))).mode & 0o777).toBe(0o600);
      expect((await stat(place)).mode & 0o777).toBe(0o700);
      isCancelled = true;
      const said = `${await given} ${tools.join()}`;
      for (const secret of [LOGIN, PASSWORD]) expect(said).not.toContain(secret);
      await expect.poll(kept).toEqual(NOTHING);
      // Without a login nobody is asked for one that this machine may have.
      expect(await refusal('team/box')).toMatch(/'team\/box' cannot be fetched: .*unauthorized/i);
    });

    test('has nothing left of an image when the agent is killed in the middle of it', async () => {
      registry = await SilentRegistry.start();
      const program = fileURLToPath(new URL('./image-store-main.ts', import.meta.url));
      const child = spawn(process.execPath, [program, place, registry.url, 'box'], { stdio: 'inherit' });
      await expect.poll(() => registry.waiting, { timeout: 30_000 }).toBe(1);
      expect((await kept()).staging).toBe(1);
      child.kill('SIGKILL');
      // Nobody goes on without it.
      await expect.poll(() => registry.waiting).toBe(0);
      await writeFile(join(place, 'blobs', 'sha256', 'a'.repeat(64)), 'half a layer').catch(async () => {
        await mkdir(join(place, 'blobs', 'sha256'), { recursive: true });
        await writeFile(join(place, 'blobs', 'sha256', 'a'.repeat(64)), 'half a layer');
      });
      await open();
      expect(await kept()).toEqual(NOTHING);
      expect(await refusal('box')).toBe('got it');
    });
  });
});
