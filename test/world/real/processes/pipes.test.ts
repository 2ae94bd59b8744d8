// Named pipes of this machine, and tasks that talk through them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PipeReader } from '../../../../src/world/pipes.ts';
import { createRealWorld, type RealWorld } from '../../../../src/world/real/index.ts';

let directory: string;
let world: RealWorld;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mctl-pipes-'));
  world = createRealWorld({ log: { level: 'error' } });
});
afterEach(async () => {
  await world.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** All that comes until the pipe ends. */
function whole(reader: PipeReader): Promise<string> {
  let text = '';
  reader.onChunk((chunk) => {
    text += new TextDecoder().decode(chunk);
  });
  return new Promise((resolve) => reader.onEnd(() => resolve(text)));
}

async function pipes(...names: string[]): Promise<string[]> {
  const paths = names.map((name) => join(directory, name));
  for (const path of paths) await world.processes.pipes.make(path);
  return paths;
}

describe('a named pipe', () => {
  test('ends for its reader once all is read and the last writer is gone', async () => {
    const [path = ''] = await pipes('p');
    const reader = await world.processes.pipes.openReader(path);
    const writer = await world.processes.pipes.openWriter(path);
    writer.write(bytes('all of it'));
    writer.end();
    reader.finish();
    expect(await whole(reader)).toBe('all of it');
  });

  test('is not made twice, and a file is none', async () => {
    const [path = ''] = await pipes('p');
    await expect(world.processes.pipes.make(path)).rejects.toMatchObject({ code: 'exists' });
    await writeFile(join(directory, 'file'), '');
    await expect(world.processes.pipes.openReader(join(directory, 'file'))).rejects.toMatchObject({ code: 'io' });
    await expect(world.processes.pipes.openWriter(join(directory, 'none'))).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('carries the streams of a task, whose stdin ends when its writer lets go', async () => {
    const [stdin = '', stdout = '', stderr = ''] = await pipes('in', 'out', 'err');
    const input = await world.processes.pipes.openWriter(stdin);
    const output = await world.processes.pipes.openReader(stdout);
    const errors = await world.processes.pipes.openReader(stderr);
    await world.processes.launch({
      argv: ['/bin/sh', '-c', 'cat; echo lost >&2'],
      env: { PATH: '/usr/bin:/bin' },
      cwd: directory,
      stdout: '/dev/null',
      stderr: '/dev/null',
      pipes: { stdin, holdsStdin: false, stdout, stderr },
      exitFile: join(directory, 'exit'),
    });
    // More than a pipe holds, and not lost for it.
    const long = 'x'.repeat(300_000);
    input.write(bytes(long));
    expect(input.bufferedBytes).toBeGreaterThan(0);
    input.end();
    output.finish();
    errors.finish();
    expect(await Promise.all([whole(output), whole(errors)])).toEqual([long, 'lost\n']);
  });
});
