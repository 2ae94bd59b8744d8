// Promises of Disk.
import { describe, expect } from 'vitest';
import { type MakeHarness, promises, text, until } from './harness.ts';

export function describeDiskContract(makeHarness: MakeHarness): void {
  describe('disk', () => {
    const promise = promises(makeHarness);

    promise(
      'writeAtomic makes and replaces a file as a whole, with the mode asked for',
      async ({ world, directory }) => {
        const { disk } = world;
        const path = `${directory}/f`;
        await disk.writeAtomic(path, 'one');
        await disk.writeAtomic(path, new TextEncoder().encode('two'), { mode: 0o600 });
        expect(await disk.readText(path)).toBe('two');
        expect(((await disk.stat(path))?.mode ?? 0) & 0o777).toBe(0o600);
        expect(await disk.list(directory)).toEqual(['f']);
      },
    );

    promise('readRange gives what there is', async ({ world: { disk }, directory }) => {
      await disk.writeFile(`${directory}/f`, '0123456789');
      expect(text(await disk.readRange(`${directory}/f`, 2, 3))).toBe('234');
      expect(text(await disk.readRange(`${directory}/f`, 8, 10))).toBe('89');
      expect(text(await disk.readRange(`${directory}/f`, 20, 10))).toBe('');
    });

    promise('errors carry a code', async ({ world: { disk }, directory }) => {
      await disk.makeDirectory(`${directory}/d/e`);
      await disk.writeFile(`${directory}/f`, 'x');
      const missing = { name: 'DiskError', code: 'not-found', path: `${directory}/none` };
      await expect(disk.readFile(`${directory}/none`)).rejects.toMatchObject(missing);
      await expect(disk.readText(`${directory}/none`)).rejects.toMatchObject(missing);
      await expect(disk.readRange(`${directory}/none`, 0, 1)).rejects.toMatchObject(missing);
      await expect(disk.list(`${directory}/none`)).rejects.toMatchObject(missing);
      await expect(disk.realPath(`${directory}/none`)).rejects.toMatchObject(missing);
      await expect(disk.rename(`${directory}/none`, `${directory}/g`)).rejects.toMatchObject({ code: 'not-found' });
      await expect(disk.writeFile(`${directory}/none/x`, '')).rejects.toMatchObject({ code: 'not-found' });
      await expect(disk.writeAtomic(`${directory}/none/x`, '')).rejects.toMatchObject({ code: 'not-found' });
      await expect(disk.openAppend(`${directory}/none/x`)).rejects.toMatchObject({ code: 'not-found' });
      await expect(disk.list(`${directory}/f`)).rejects.toMatchObject({ code: 'not-a-directory' });
      await expect(disk.readFile(`${directory}/d`)).rejects.toMatchObject({ code: 'is-a-directory' });
      await expect(disk.removeDirectory(`${directory}/d`)).rejects.toMatchObject({ code: 'not-empty' });
      await expect(disk.removeDirectory(`${directory}/none`)).rejects.toMatchObject({ code: 'not-found' });
    });

    promise('an append file grows, syncs, truncates and goes on at its end', async ({ world: { disk }, directory }) => {
      const path = `${directory}/log`;
      const file = await disk.openAppend(path);
      expect(file.size).toBe(0);
      const writes = [file.write('one\n'), file.write(new TextEncoder().encode('two\n')), file.write('ü\n')];
      await Promise.all(writes);
      expect(file.size).toBe(11);
      await Promise.all([file.sync(), file.sync(), file.sync()]);
      expect(await disk.readText(path)).toBe('one\ntwo\nü\n');
      await file.truncate(4);
      expect(file.size).toBe(4);
      await file.write('three\n');
      await file.sync();
      await file.close();
      const again = await disk.openAppend(path);
      expect(again.size).toBe(10);
      await again.write('four\n');
      await again.close();
      expect(await disk.readText(path)).toBe('one\nthree\nfour\n');
    });

    promise(
      'directories: made with parents, listed sorted, removed as a tree',
      async ({ world: { disk }, directory }) => {
        await disk.makeDirectory(`${directory}/a/b/c`);
        await disk.makeDirectory(`${directory}/a/b/c`);
        await disk.writeFile(`${directory}/a/z`, '');
        await disk.writeFile(`${directory}/a/B`, '');
        expect(await disk.list(`${directory}/a`)).toEqual(['B', 'b', 'z']);
        await disk.remove(`${directory}/a`);
        await disk.remove(`${directory}/a`);
        expect(await disk.stat(`${directory}/a`)).toBeUndefined();
        await disk.makeDirectory(`${directory}/e`);
        await disk.removeDirectory(`${directory}/e`);
        expect(await disk.list(directory)).toEqual([]);
      },
    );

    promise('stat follows symlinks, statLink does not, remove never does', async ({ world: { disk }, directory }) => {
      await disk.makeDirectory(`${directory}/target`);
      await disk.writeFile(`${directory}/target/f`, 'data');
      await disk.symlink('target', `${directory}/link`);
      await disk.symlink('nowhere', `${directory}/dangling`);
      expect((await disk.stat(`${directory}/link`))?.kind).toBe('directory');
      expect((await disk.statLink(`${directory}/link`))?.kind).toBe('symlink');
      expect(await disk.stat(`${directory}/dangling`)).toBeUndefined();
      expect((await disk.statLink(`${directory}/dangling`))?.kind).toBe('symlink');
      expect(await disk.readLink(`${directory}/link`)).toBe('target');
      expect(await disk.realPath(`${directory}/link/f`)).toBe(await disk.realPath(`${directory}/target/f`));
      const stat = await disk.stat(`${directory}/link/f`);
      expect(stat).toMatchObject({ kind: 'file', size: 4, nlink: 1 });
      await disk.remove(`${directory}/link`);
      expect(await disk.list(`${directory}/target`)).toEqual(['f']);
    });

    promise('symlink replaces an earlier symlink', async ({ world: { disk }, directory }) => {
      await disk.symlink('one', `${directory}/latest`);
      await disk.symlink('two', `${directory}/latest`);
      expect(await disk.readLink(`${directory}/latest`)).toBe('two');
      expect(await disk.list(directory)).toEqual(['latest']);
    });

    promise('rename moves and replaces; mode changes; space is known', async ({ world: { disk }, directory }) => {
      await disk.writeFile(`${directory}/a`, 'a');
      await disk.writeFile(`${directory}/b`, 'b');
      await disk.rename(`${directory}/a`, `${directory}/b`);
      await disk.syncDirectory(directory);
      await expect(disk.syncDirectory(`${directory}/none`)).rejects.toMatchObject({ code: 'not-found' });
      expect(await disk.readText(`${directory}/b`)).toBe('a');
      await disk.changeMode(`${directory}/b`, 0o640);
      expect(((await disk.stat(`${directory}/b`))?.mode ?? 0) & 0o777).toBe(0o640);
      const space = await disk.space(directory);
      expect(space.totalBytes).toBeGreaterThan(0);
      expect(space.freeBytes).toBeLessThanOrEqual(space.totalBytes);
    });

    promise('a watch tells of made, changed and renamed entries, and is silent once closed', async (harness) => {
      const { world, directory } = harness;
      const seen = new Set<string>();
      const watch = await world.disk.watch(directory, (name) => seen.add(name));
      expect(seen.size).toBe(0);
      await world.disk.writeFile(`${directory}/plain`, 'x');
      await world.disk.writeAtomic(`${directory}/whole`, 'x');
      await until(harness, 'the watch reports both files', () => seen.has('plain') && seen.has('whole'));
      watch.close();
      seen.clear();
      await world.disk.writeFile(`${directory}/later`, 'x');
      await world.clock.sleep(30);
      expect(seen.size).toBe(0);
    });

    promise('a lock is exclusive, can be given back, and dies with its process', async (harness) => {
      const { world, other, directory } = harness;
      const path = `${directory}/lock`;
      const lock = await other.disk.lock(path);
      await expect(world.disk.lock(path)).rejects.toMatchObject({ name: 'DiskError', code: 'locked' });
      await lock.release();
      const mine = await world.disk.lock(path);
      await expect(other.disk.lock(path)).rejects.toMatchObject({ code: 'locked' });
      await mine.release();
      await other.disk.lock(path);
      await harness.crashOther();
      await until(harness, 'the lock of a dead process is free', async () => {
        try {
          await (await world.disk.lock(path)).release();
          return true;
        } catch {
          return false;
        }
      });
    });
  });
}
