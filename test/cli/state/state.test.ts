// `mctl state backup|restore` on real SQLite files and a real ZooKeeper; the command line of both as processes.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { PLAIN } from '../../../src/cli/output/style.ts';
import { processTerminal } from '../../../src/cli/output/terminal.ts';
import type { View } from '../../../src/cli/output/view.ts';
import { Problem, problemLines } from '../../../src/cli/problem.ts';
import { backUp } from '../../../src/cli/state/backup.ts';
import { type StateQuestion, stateToBackUp, stateToReplace } from '../../../src/cli/state/find.ts';
import type { StatePlace } from '../../../src/cli/state/place.ts';
import { loadBackup, restore as runRestore, type ServiceBackup } from '../../../src/cli/state/restore.ts';
import { backupChunks } from '../../../src/cluster/backup/index.ts';
import { LocalElection, openLocalStore } from '../../../src/cluster/local/index.ts';
import type { Store, StoreChange } from '../../../src/cluster/store.ts';
import { openZooKeeperStore, ZooKeeperElection } from '../../../src/cluster/zookeeper/index.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';
import { MISSING } from '../../cluster/zookeeper/ensemble.ts';
import { RealEnsemble } from '../../cluster/zookeeper/support/real.ts';
import { mctl } from '../support/command-process.ts';

const home = mkdtempSync(join(tmpdir(), 'mctl-state-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const world = createRealWorld({ log: { level: 'silent' } });
afterAll(() => world.close());

let names = 0;
function newName(): string {
  names++;
  return join(home, `${names}`);
}

function workDir(): string {
  const directory = newName();
  mkdirSync(directory);
  return directory;
}

const put = (key: string, value: string | Uint8Array): StoreChange => ({
  kind: 'put',
  key,
  value: typeof value === 'string' ? Buffer.from(value) : value,
});

/** Of all kinds: JSON, bytes, odd keys, more than fits one request to an ensemble. */
const STATE: readonly StoreChange[] = [
  put('framework/id', '"a-b-c"'),
  put('apps/%2Fweb', '{"id":"/web","env":{"PASSWORD":"hunter2"},"x":1.50}'),
  put('registry/master', Uint8Array.of(8, 1, 18, 0, 255)),
  put('odd/ü/…', '{}'),
  put('empty/value', ''),
  ...Array.from({ length: 8 }, (_, index) => put(`large/${index}`, Buffer.alloc(200_000, index))),
];

/** As the commands do it, in this process: an exit code and what a person reads. */
interface Outcome {
  readonly code: number;
  readonly said: string;
  readonly data: unknown;
}

interface Wanted {
  readonly zk?: string;
  readonly workDir?: string;
  readonly service?: 'master' | 'marathon' | 'chronos';
  readonly replace?: boolean;
}

const question = ({ zk, workDir, service }: Wanted): StateQuestion => ({
  zk,
  workDir,
  service,
  target: async () => ({ masters: ['127.0.0.1:1'], marathons: [], chronoses: [], name: undefined, source: 'test' }),
  timeoutMs: undefined,
});

async function outcomeOf(
  place: () => Promise<StatePlace>,
  work: (place: StatePlace) => Promise<View>,
): Promise<Outcome> {
  let opened: StatePlace | undefined;
  try {
    opened = await place();
    return { code: 0, said: '', data: (await work(opened)).data };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { code: error.exitCode, said: problemLines(error, PLAIN), data: undefined };
  } finally {
    await opened?.close();
  }
}

const quiet = (): void => undefined;

function backup(file: string, wanted: Wanted): Promise<Outcome> {
  return outcomeOf(
    () => stateToBackUp(world, question(wanted)),
    (place) => backUp(place, { file, version: '1.2.3', terminal: processTerminal(), progress: quiet }),
  );
}

async function restore(file: string, wanted: Wanted): Promise<Outcome> {
  const options = { mayReplace: wanted.replace ?? false, confirm: async () => undefined, progress: quiet };
  let loaded: ServiceBackup;
  return outcomeOf(
    async () => {
      loaded = await loadBackup(file, wanted.service, quiet);
      return stateToReplace(world, question(wanted), loaded.service);
    },
    (place) => runRestore(place, loaded, options),
  );
}

const failed = ({ code, said }: Outcome): readonly [number, string] => [code, said];
const content = async (wanted: Wanted): Promise<Buffer> => {
  const file = newName();
  expect(failed(await backup(file, wanted))).toEqual([0, '']);
  return readFileSync(file);
};

/** The content, written without a daemon. */
async function fill(directory: string, database: string, changes: readonly StoreChange[] = STATE): Promise<void> {
  const store = await openLocalStore(join(directory, database));
  await store.commit(changes);
  await store.close();
}

async function filledDirectory(): Promise<string> {
  const directory = workDir();
  await fill(directory, 'marathon.db');
  return directory;
}

async function backupFile(): Promise<string> {
  const file = newName();
  expect(failed(await backup(file, { workDir: await filledDirectory() }))).toEqual([0, '']);
  return file;
}

describe('state in a work dir', () => {
  test('is the same after backup, restore and backup, and the file is its owner’s only', async () => {
    const [file, target] = [newName(), newName()];
    const directory = await filledDirectory();
    const made = await backup(file, { workDir: directory });
    expect(made.data).toMatchObject({ service: 'marathon', from: directory, entries: 13 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const restored = await restore(file, { workDir: target });
    expect(restored.data).toMatchObject({ to: target, entries: 13, replaced: 0 });
    expect((await content({ workDir: target })).equals(readFileSync(file))).toBe(true);
  });

  test('lets the next leader work, whatever the epoch was', async () => {
    const directory = await filledDirectory();
    const lead = async (): Promise<number> => {
      const election = new LocalElection(world, { directory });
      const { promise, resolve } = Promise.withResolvers<number>();
      await election.campaign({ data: 'x' }, { elected: resolve, lost: quiet });
      const epoch = await promise;
      const store = await openLocalStore(join(directory, 'marathon.db'));
      await store.commit([put('led', `${epoch}`)], { fence: epoch });
      await store.close();
      await election.close();
      return epoch;
    };
    const first = await lead();
    expect(failed(await restore(await backupFile(), { workDir: directory, replace: true }))).toEqual([0, '']);
    expect(await lead()).toBeGreaterThan(first);
  });

  test('is neither read nor replaced while a daemon works on it', async () => {
    const directory = await filledDirectory();
    const file = await backupFile();
    const lock = await world.disk.lock(join(directory, 'lock'));
    try {
      for (const outcome of [
        await backup(newName(), { workDir: directory }),
        await restore(file, { workDir: directory, replace: true }),
      ]) {
        expect(failed(outcome)).toEqual([4, expect.stringContaining(`Another process works on ${directory}`)]);
      }
    } finally {
      await lock.release();
    }
  });

  test('is replaced when that is said, and then nothing of the old is left', async () => {
    const directory = workDir();
    await fill(directory, 'marathon.db', [put('old', '1'), put('framework/id', '"old"')]);
    const file = await backupFile();
    expect(failed(await restore(file, { workDir: directory }))).toEqual([
      4,
      expect.stringContaining('It has 2 entries.'),
    ]);
    expect((await content({ workDir: directory })).toString()).toContain('"key":"old"');
    expect((await restore(file, { workDir: directory, replace: true })).data).toMatchObject({ replaced: 2 });
    expect((await content({ workDir: directory })).equals(readFileSync(file))).toBe(true);
  });

  test('is nobody else’s', async () => {
    const directory = workDir();
    await fill(directory, 'registry.db');
    expect(failed(await restore(await backupFile(), { workDir: directory }))).toEqual([
      4,
      expect.stringContaining('is the work dir of a master, this is the state of a Marathon'),
    ]);
    expect(failed(await backup(newName(), { workDir: directory, service: 'marathon' }))).toEqual([
      3,
      expect.stringContaining('It has the state of a master.'),
    ]);
  });

  test('of a Chronos is told from that of a Marathon, though both keep a framework', async () => {
    const [directory, file, target] = [workDir(), newName(), newName()];
    await fill(directory, 'chronos.db', [put('framework/id', '"a"'), put('jobs/nightly', '{"job":1}')]);
    expect((await backup(file, { workDir: directory })).data).toMatchObject({ service: 'chronos', entries: 2 });
    expect((await restore(file, { workDir: target })).data).toMatchObject({ service: 'chronos', entries: 2 });
    expect((await content({ workDir: target, service: 'chronos' })).equals(readFileSync(file))).toBe(true);
    const renamed = newName();
    const entries = [{ key: 'jobs/nightly', value: Buffer.from('1'), version: 1 }];
    writeFileSync(renamed, Buffer.concat([...backupChunks({ kind: 'marathon', mctl: '1' }, entries)]));
    expect(failed(await restore(renamed, { workDir: newName() }))).toEqual([
      4,
      expect.stringContaining('is the state of a Chronos.'),
    ]);
  });

  test('of two services is that of the one that was said', async () => {
    const directory = await filledDirectory();
    await fill(directory, 'registry.db', [put('registry/master', 'x')]);
    expect((await backup(newName(), { workDir: directory })).code).toBe(2);
    expect((await backup(newName(), { workDir: directory, service: 'master' })).data).toMatchObject({ entries: 1 });
  });
});

describe('what is no whole backup is refused, and nothing is touched', () => {
  const cases: readonly (readonly [string, (whole: Buffer) => Uint8Array, number, string])[] = [
    [
      'damaged',
      (whole) => Buffer.from(whole.toString('latin1').replace('hunter2', 'hunter3'), 'latin1'),
      1,
      'checksum',
    ],
    ['cut off', (whole) => whole.subarray(0, whole.length - 200_000), 1, 'Its end is missing'],
    ['of something else', () => Buffer.from('{"apps":[]}\n'), 1, 'does not begin as a backup'],
    ['empty', () => Buffer.alloc(0), 1, 'It is empty'],
    [
      'of a newer mctl',
      (whole) => Buffer.from(whole.toString('latin1').replace('"mctl-backup":1', '"mctl-backup":9'), 'latin1'),
      1,
      'made by mctl 1.2.3; this mctl reads up to 1',
    ],
    [
      'of another kind of state',
      () => Buffer.concat([...backupChunks({ kind: 'aurora', mctl: '9' }, [])]),
      4,
      'a backup of a aurora, not of a master or a Marathon or a Chronos',
    ],
  ];
  test.each(cases)('%s', async (_, change, code, why) => {
    const file = newName();
    const target = newName();
    writeFileSync(file, change(readFileSync(await backupFile())));
    expect(failed(await restore(file, { workDir: target }))).toEqual([code, expect.stringContaining(why)]);
    expect(statSync(target, { throwIfNoEntry: false })).toBeUndefined();
  });

  test('of a service that was not meant', async () => {
    expect(failed(await restore(await backupFile(), { workDir: newName(), service: 'master' }))).toEqual([
      4,
      expect.stringContaining('It is a backup of a Marathon, not of a master.'),
    ]);
  });

  test('not there, or not to be written', async () => {
    expect((await restore(newName(), { workDir: newName() })).code).toBe(3);
    expect((await backup(newName(), { workDir: newName() })).code).toBe(3);
    expect(failed(await restore(await backupFile(), { workDir: '/proc/none' }))).toEqual([
      expect.toSatisfy((code: number) => code === 1 || code === 9),
      expect.stringContaining('/proc/none cannot be made.'),
    ]);
    expect((await backup(join(newName(), 'x'), { workDir: await filledDirectory() })).code).toBe(1);
  });

  test('of nowhere', async () => {
    expect((await backup(newName(), { zk: 'zk://127.0.0.1:1/x' })).code).toBe(2);
    expect((await backup(newName(), { zk: 'http://127.0.0.1:1/x', service: 'master' })).code).toBe(2);
    expect(failed(await backup(newName(), { service: 'master' }))).toEqual([
      2,
      expect.stringContaining('not by an election.'),
    ]);
  });
});

describe('the commands', () => {
  test('go through pipes', async () => {
    const target = newName();
    const { stdout, code } = await mctl(home, ['state/backup', '-', '--work-dir', await filledDirectory()]);
    expect(code).toBe(0);
    const restored = await mctl(home, ['state/restore', '-', '--work-dir', target, '--json'], stdout);
    expect(restored.code, restored.stderr).toBe(0);
    expect(JSON.parse(restored.stdout.toString())).toMatchObject({ service: 'marathon', to: target, replaced: 0 });
    expect((await mctl(home, ['state/backup', '-', '--work-dir', target])).stdout.equals(stdout)).toBe(true);
  });

  test('replace nothing unless that is agreed to', async () => {
    const directory = await filledDirectory();
    const file = newName();
    writeFileSync(file, 'older', { mode: 0o644 });
    const unasked = await mctl(home, ['state/backup', file, '--work-dir', directory]);
    expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('Add --yes.')]);
    expect(readFileSync(file, 'utf8')).toBe('older');
    expect((await mctl(home, ['state/backup', file, '--work-dir', directory, '--yes'])).code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const target = workDir();
    await fill(target, 'marathon.db', [put('old', '1')]);
    const unanswered = await mctl(home, ['state/restore', file, '--work-dir', target, '--replace']);
    expect([unanswered.code, unanswered.stderr]).toEqual([2, expect.stringContaining(', 1 entry, by the backup')]);
    expect((await mctl(home, ['state/restore', '-', '--work-dir', target, '--replace'], readFileSync(file))).code).toBe(
      2,
    );
    expect((await content({ workDir: target })).toString()).toContain('"key":"old"');
  });

  test('say what is unreachable, without the password', async () => {
    const words = ['--zk', 'zk://u:pw@127.0.0.1:1/x', '--service', 'master', '--timeout', '500ms'];
    const { code, stderr } = await mctl(home, ['state/backup', newName(), ...words]);
    expect([code, stderr]).toEqual([8, expect.stringContaining('127.0.0.1:1')]);
    expect(stderr).not.toContain('pw');
  });
});

describe.skipIf(MISSING !== undefined)('state on ZooKeeper', () => {
  const real = new RealEnsemble();

  async function open(path: string): Promise<Store> {
    const { world, connection } = await real.client();
    return openZooKeeperStore(world, connection, { path: `${path}/mctl-state` });
  }

  const zk = (path: string, credentials?: string): string => real.ensemble.url(path, credentials);

  test('is the same after it came from a work dir and went back into one', async () => {
    const path = real.newPath();
    const target = newName();
    const file = await backupFile();
    const fromEnsemble = newName();
    expect(failed(await restore(file, { zk: zk(path) }))).toEqual([0, '']);
    expect(failed(await backup(fromEnsemble, { zk: zk(path), service: 'marathon' }))).toEqual([0, '']);
    expect(readFileSync(fromEnsemble).equals(readFileSync(file))).toBe(true);
    expect(failed(await restore(fromEnsemble, { workDir: target }))).toEqual([0, '']);
    expect((await content({ workDir: target })).equals(readFileSync(file))).toBe(true);
  });

  test('is replaced only when that is said and nobody stands; that fences everybody who led before', async () => {
    const path = real.newPath();
    const file = await backupFile();
    const client = await real.client();
    const options = { path: `${path}/leader-curator`, names: 'latch' } as const;
    const lead = async () => {
      const election = new ZooKeeperElection(client.world, client.connection, options);
      const { promise, resolve } = Promise.withResolvers<number>();
      await election.campaign({ data: '127.0.0.1:1' }, { elected: resolve, lost: quiet });
      return { election, epoch: await promise };
    };
    const store = await open(path);
    const old = await lead();
    await store.commit([put('old', '1')], { fence: old.epoch });
    expect(failed(await restore(file, { zk: zk(path), replace: true }))).toEqual([
      4,
      expect.stringContaining('A candidate stands for election'),
    ]);
    await old.election.close();
    expect(failed(await restore(file, { zk: zk(path) }))).toEqual([4, expect.stringContaining('It has 1 entry.')]);
    expect(failed(await restore(file, { zk: zk(path), replace: true }))).toEqual([0, '']);
    await expect(store.commit([put('late', '1')], { fence: old.epoch })).rejects.toMatchObject({ code: 'fenced' });
    const next = await lead();
    const another = await open(path);
    await another.commit([put('new', '1')], { fence: next.epoch });
    const keys = (await another.read('')).map(({ key }) => key);
    expect(keys).toContain('framework/id');
    expect(keys).toContain('new');
    expect(keys).not.toContain('old');
    await next.election.close();
  });

  test('that is not there, or another service’s, is neither copied nor replaced, whatever is said', async () => {
    const [empty, path] = [real.newPath(), real.newPath()];
    expect(failed(await backup(newName(), { zk: zk(empty), service: 'master' }))).toEqual([
      3,
      expect.stringContaining('There is no state of a master'),
    ]);
    const [marathons, masters] = [newName(), newName()];
    const framework = put('framework/id', '1');
    for (const [database, change, file] of [
      ['marathon.db', framework, marathons],
      ['registry.db', put('registry/master', 'x'), masters],
    ] as const) {
      const directory = workDir();
      await fill(directory, database, [change]);
      expect(failed(await backup(file, { workDir: directory }))).toEqual([0, '']);
    }
    expect(failed(await restore(marathons, { zk: zk(path) }))).toEqual([0, '']);
    const found = 'is the state of a Marathon';
    expect(failed(await backup(newName(), { zk: zk(path), service: 'master' }))).toEqual([
      4,
      expect.stringContaining(found),
    ]);
    expect(failed(await restore(masters, { zk: zk(path), replace: true }))).toEqual([
      4,
      expect.stringContaining(found),
    ]);
    expect((await (await open(path)).read('')).map(({ key }) => key)).toEqual(['framework/id']);
    const mislabelled = newName();
    const entries = [{ key: 'framework/id', value: Buffer.from('1'), version: 1 }];
    writeFileSync(mislabelled, Buffer.concat([...backupChunks({ kind: 'master', mctl: '1' }, entries)]));
    expect(failed(await restore(mislabelled, { zk: zk(real.newPath()) }))).toEqual([4, expect.stringContaining(found)]);
  });

  test('is found by the election of a local cluster, though its only master is known by its address', async () => {
    const wanted = question({});
    const election = 'zk://127.0.0.1:1/mesos';
    const target = async () => ({ ...(await wanted.target()), election });
    for (const [service, path] of [
      ['master', 'mesos'],
      ['marathon', 'marathon'],
      ['chronos', 'chronos'],
    ] as const) {
      const place = await stateToReplace(world, { ...wanted, target }, service);
      expect(place.where).toBe(`zk://127.0.0.1:1/${path}`);
      await place.close();
    }
  });

  test('is not replaced while another service stands for election at its path', async () => {
    const path = real.newPath();
    const client = await real.client();
    const election = new ZooKeeperElection(client.world, client.connection, { path, names: 'masters' });
    const { promise, resolve } = Promise.withResolvers<number>();
    await election.campaign({ data: '{}' }, { elected: resolve, lost: quiet });
    await promise;
    expect(failed(await restore(await backupFile(), { zk: zk(path), replace: true }))).toEqual([
      4,
      expect.stringContaining('Stop every master first.'),
    ]);
    await election.close();
  });

  test('is not replaced under somebody who came to lead meanwhile', async () => {
    const path = real.newPath();
    const loaded = await loadBackup(await backupFile(), undefined, quiet);
    const store = await open(path);
    await store.commit([put('old', '1')]);
    const place = await stateToReplace(world, question({ zk: zk(path) }), 'marathon');
    const { connection } = await real.client();
    try {
      const confirm = async (): Promise<void> => {
        const session = await connection.connected(5_000);
        const candidate = `${path}/candidate`;
        await session.create(candidate, Buffer.alloc(0));
        const made = await session.get(candidate);
        await store.commit([], { fence: made?.stat.czxid ?? 0 });
      };
      const work = runRestore(place, loaded, { mayReplace: true, confirm, progress: quiet });
      await expect(work).rejects.toMatchObject({ exitCode: 4, text: { why: expect.stringContaining('is over') } });
    } finally {
      await place.close();
    }
    expect((await store.read('')).map(({ key }) => key)).toEqual(['old']);
  });

  test('belongs to its user, and the way to it to everybody', async () => {
    const path = real.newPath();
    const file = await backupFile();
    expect(failed(await restore(file, { zk: zk(path, 'marathon:secret') }))).toEqual([0, '']);
    const foreign = await backup(newName(), { zk: zk(path, 'somebody:else'), service: 'marathon' });
    expect(failed(foreign)).toEqual([9, expect.stringContaining('belongs to another user')]);
    expect(foreign.said).not.toContain('else@');
    expect((await restore(file, { zk: zk(path), replace: true })).code).toBe(9);
    const { connection } = await real.client();
    const session = await connection.connected(5_000);
    expect(await session.children(path)).toEqual(['mctl-state']);
    await expect(session.children(`${path}/mctl-state`)).rejects.toMatchObject({ code: 'no-auth' });
  });

  test('two restores at a time are one too many', async () => {
    const path = real.newPath();
    const { connection } = await real.client();
    const session = await connection.connected(5_000);
    await session.ensurePath(`${path}/mctl-state`);
    await session.create(`${path}/mctl-state/restoring`, Buffer.alloc(0), { ephemeral: true });
    expect(failed(await restore(await backupFile(), { zk: zk(path) }))).toEqual([
      4,
      expect.stringContaining('nother restore is under way'),
    ]);
  });

  test('that was copied from another ensemble is refused by its reason', async () => {
    const path = real.newPath();
    const store = await open(path);
    await store.commit([put('a', '1')], { fence: 2 ** 50 });
    expect(failed(await restore(await backupFile(), { zk: zk(path), replace: true }))).toEqual([
      4,
      expect.stringContaining(`deleteall ${path}/mctl-state`),
    ]);
  });
});
