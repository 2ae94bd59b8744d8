// Questions on Unix sockets, against a plain server of node's.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exchange } from '../../../../src/world/real/net/exchange.ts';

const limits = { timeoutMs: 30_000, maxBytes: 1_000 };
let directory: string;
let server: Server | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mctl-exchange-'));
});

afterEach(async () => {
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
  rmSync(directory, { recursive: true });
});

async function serve(answer: (question: string) => string | undefined): Promise<string> {
  const path = join(directory, 'admin.sock');
  server = createServer({ allowHalfOpen: true }, (socket) => {
    let question = '';
    socket.on('data', (chunk) => {
      question += chunk;
    });
    socket.on('error', () => undefined);
    socket.on('end', () => {
      const text = answer(question);
      if (text !== undefined) socket.end(text);
      else setTimeout(() => socket.destroy(), 200);
    });
  });
  await new Promise<void>((resolve) => server?.listen(path, resolve));
  return path;
}

test('the whole answer comes back once the peer ends, though it waits for our end first', async () => {
  const path = await serve((question) => `you said ${question}`);
  expect(await exchange(path, 'höre\n', limits)).toBe('you said höre\n');
});

test('an answer over the limit is `too-large`, one that does not end in time `timeout`', async () => {
  const path = await serve((question) => (question === 'much' ? 'x'.repeat(1_001) : undefined));
  await expect(exchange(path, 'much', limits)).rejects.toMatchObject({ code: 'too-large' });
  await expect(exchange(path, 'nothing', { ...limits, timeoutMs: 50 })).rejects.toMatchObject({ code: 'timeout' });
});

test('a file that is no socket, and no file at all, refuse', async () => {
  await expect(exchange(join(directory, 'none'), '', limits)).rejects.toMatchObject({ code: 'refused' });
  await expect(exchange(import.meta.filename, '', limits)).rejects.toMatchObject({ code: 'refused' });
});
