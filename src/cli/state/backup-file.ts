// The file of a backup. It holds every secret that the state holds, so it is its owner's only; and it is there as a whole or
// not at all.
import { createReadStream, statSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../output/terminal.ts';
import { Problem } from '../problem.ts';

const MODE = 0o600;

/** `nothing`: no such path. `special`: a pipe or a device. */
export type Found = 'nothing' | 'file' | 'special';

/** What is there. Throws Problem `usage` for a directory. */
export function whatIs(path: string): Found {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 'nothing';
  if (stat.isDirectory())
    throw new Problem(EXIT.usage, { what: `${path} is a directory.`, next: 'Give a file, or -.' });
  return stat.isFile() ? 'file' : 'special';
}

/** Replaces the file as a whole; what is none is written to. Throws Problem `failed`, and then nothing has changed. */
export async function writeBackupFile(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const isReplaced = whatIs(path) !== 'special';
  const target = isReplaced ? join(dirname(path), `.${basename(path)}.${process.pid}.tmp`) : path;
  try {
    const file = await open(target, isReplaced ? 'wx' : 'w', MODE);
    try {
      await writeAll(file, chunks);
      if (isReplaced) await file.sync();
    } finally {
      await file.close();
    }
    if (isReplaced) await takeEffect(target, path);
  } catch (cause) {
    if (isReplaced) await rm(target, { force: true });
    throw new Problem(EXIT.failed, { what: `${path} cannot be written.`, why: whyOf(cause) }, { cause });
  }
}

/** To stdout. Throws Problem `failed` when its reader has gone. */
export async function writeToStdout(terminal: Terminal, chunks: Iterable<Uint8Array>): Promise<void> {
  for (const chunk of chunks) await terminal.raw(chunk);
}

/** Content of the file, or of stdin for `-`. Throws Problem `notFound` or `failed`, also under way. */
export async function* readBackupFile(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of path === '-' ? process.stdin : createReadStream(path)) yield chunk;
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    const code = isMissing ? EXIT.notFound : EXIT.failed;
    throw new Problem(code, { what: `${path} cannot be read.`, why: whyOf(cause) }, { cause });
  }
}

async function writeAll(file: FileHandle, chunks: Iterable<Uint8Array>): Promise<void> {
  for (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0; ) rest = rest.subarray((await file.write(rest)).bytesWritten);
  }
}

async function takeEffect(temporary: string, path: string): Promise<void> {
  await rename(temporary, path);
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file or directory.',
  EISDIR: 'It is a directory.',
  EACCES: 'You may not.',
  ENOSPC: 'The disk is full.',
};

function whyOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause));
}
