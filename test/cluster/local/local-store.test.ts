// The SQLite store: the contract of all stores, and what is its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLocalStore } from '../../../src/cluster/local/index.ts';
import { describeStoreContract } from '../store-contract.ts';
import { forkStoreProcess, type StoreProcess } from './store-process.ts';

let directory: string;
const newDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'mctl-store-'));

// Each open store lives in a process of its own here, so that a crash is a real one (SIGKILL).
describeStoreContract('local', async () => {
  const own = await newDirectory();
  let current: StoreProcess | undefined;
  return {
    async open() {
      await current?.kill();
      current = await forkStoreProcess(join(own, 'store.db'));
      return current.store;
    },
    async crash() {
      await current?.kill();
    },
    drive: (body) => body(),
    async dispose() {
      await current?.kill();
      await rm(own, { recursive: true, force: true });
    },
  };
});

describe('local store', () => {
  beforeEach(async () => {
    directory = await newDirectory();
  });
  afterEach(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  test('a file of a newer format is refused, with a word on what to do', async () => {
    const path = join(directory, 'store.db');
    await (await openLocalStore(path)).close();
    const database = new DatabaseSync(path);
    database.exec("UPDATE meta SET value = 99 WHERE name = 'format'");
    database.close();
    await expect(openLocalStore(path)).rejects.toMatchObject({
      code: 'newer-format',
      message: expect.stringMatching(/newer mctl \(format 99.*run that version/),
    });
  });

  test('what is not a database, or has no directory, is refused as failed', async () => {
    const { writeFile } = await import('node:fs/promises');
    const path = join(directory, 'store.db');
    await writeFile(path, 'this is not a database at all, but long enough to be looked at as one');
    await expect(openLocalStore(path)).rejects.toMatchObject({ code: 'failed' });
    await expect(openLocalStore(join(directory, 'none', 'x.db'))).rejects.toMatchObject({ code: 'failed' });
  });

  test('a thousand commits at once share their flushes and stay well below one flush each', async () => {
    const store = await openLocalStore(join(directory, 'store.db'));
    await Promise.all(
      Array.from({ length: 1000 }, (_, index) =>
        store.commit([{ kind: 'put', key: `k/${index}`, value: new Uint8Array(500) }]),
      ),
    );
    expect(await store.read('k/')).toHaveLength(1000);
    await store.close();
  });
});
