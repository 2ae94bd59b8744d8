// The log of the real World: lines, levels, rotation.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '../../../src/world/real/log.ts';

describe('the log', () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mctl-log-'));
    path = join(directory, 'log');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));
  const lines = async (): Promise<Record<string, unknown>[]> =>
    (await readFile(path, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  test('is one JSON line each, with level, time, fields of children, and the message', async () => {
    const log = createLog({ to: { path } });
    log.child({ agentId: 'a1' }).warn('something', { count: 3 });
    expect(await lines()).toEqual([
      { level: 'warn', time: expect.stringMatching(/^\d{4}-.*Z$/), agentId: 'a1', count: 3, msg: 'something' },
    ]);
  });

  test('says what its level lets through, and a change of the level reaches children too', async () => {
    const log = createLog({ level: 'warn', to: { path } });
    const child = log.child({ part: 'child' });
    for (const one of [log, child]) one.info('not heard');
    log.setLevel('debug');
    for (const one of [log, child]) one.debug('heard');
    log.setLevel('silent');
    for (const one of [log, child]) one.error('not heard');
    expect((await lines()).map((line) => [line.part, line.msg])).toEqual([
      [undefined, 'heard'],
      ['child', 'heard'],
    ]);
  });

  test('a file is rotated before it is over its limit, and only so many old ones stay', async () => {
    const log = createLog({ to: { path, maxBytes: 1_000, keep: 2 } });
    for (let count = 0; count < 100; count++) log.info(`line ${count}`);
    expect((await readdir(directory)).sort()).toEqual(['log', 'log.1', 'log.2']);
    for (const name of await readdir(directory)) {
      expect((await readFile(join(directory, name))).length).toBeLessThanOrEqual(1_000);
    }
    expect((await lines()).at(-1)?.msg).toBe('line 99');
    createLog({ to: { path, maxBytes: 1_000, keep: 2 } }).info('another process goes on');
    expect((await lines()).length).toBeGreaterThanOrEqual(1);
    expect((await lines()).at(-1)?.msg).toBe('another process goes on');
  });
});
