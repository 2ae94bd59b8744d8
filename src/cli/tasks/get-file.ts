// `mctl task files get`: one file of a task's sandbox, here. It appears under its name when it is whole.
import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, join as joinPath, resolve } from 'node:path';
import type { AgentClient } from '../../client/operator.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { readingFile } from './agent-problems.ts';
import { type AskedFiles, join } from './files.ts';
import { findSandbox, findTask } from './find.ts';

/** Which file, and where to. */
export interface GetOptions extends AskedFiles {
  /** Relative to the sandbox. */
  readonly file: string;
  /** A file, or a directory that is there. */
  readonly target: string;
  /** Replaces what is there. */
  readonly force: boolean;
}

/** Where it is now, and its size in bytes. Throws Problem: `notFound`, `conflict`, `failed`. */
export async function getFile(options: GetOptions): Promise<{ readonly path: string; readonly bytes: number }> {
  const { net, master, given, file, force, timeoutMs } = options;
  const below = join('', file);
  const path = await targetPath(options.target, file);
  if (!force && existsSync(path)) {
    throw new Problem(EXIT.conflict, { what: `${path} exists.`, next: 'Add --force to replace it.' });
  }
  const { agent, path: sandbox } = await findSandbox(net, await findTask(master, given), timeoutMs);
  const part = `${path}.${process.pid}.part`;
  try {
    const bytes = await readingFile(given, file, () => download(agent, `${sandbox}${below}`, part));
    await rename(part, path);
    return { path, bytes };
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function targetPath(target: string, file: string): Promise<string> {
  const path = resolve(target);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return path;
  const name = basename(file);
  if (name === '' || name === '.' || name === '..') {
    throw new Problem(EXIT.usage, { what: `'${file}' is no file.`, why: 'One file is fetched at a time.' });
  }
  return joinPath(path, name);
}

async function download(agent: AgentClient, virtualPath: string, path: string): Promise<number> {
  const query = encodeURIComponent(virtualPath);
  const stream = await agent.api.openStream({ method: 'GET', path: `/files/download?path=${query}` });
  const out = createWriteStream(path, { flags: 'wx' });
  let bytes = 0;
  try {
    await new Promise<void>((done, fail) => {
      out.once('error', (cause) =>
        fail(new Problem(EXIT.failed, { what: `The file cannot be written.`, why: cause.message }, { cause })),
      );
      stream.onChunk((chunk) => {
        bytes += chunk.length;
        if (out.write(chunk)) return;
        stream.pause();
        out.once('drain', () => stream.resume());
      });
      out.once('finish', () => done());
      stream.onEnd((error) => (error === undefined ? out.end() : fail(error)));
    });
    return bytes;
  } finally {
    stream.close();
    out.destroy();
  }
}
