// `mctl task files`: what is in a task's sandbox.
import type { MasterClient } from '../../client/operator.ts';
import type { Net } from '../../world/net.ts';
import { EXIT } from '../exit-codes.ts';
import { formatBytes, formatTime } from '../output/units.ts';
import type { View } from '../output/view.ts';
import { Problem } from '../problem.ts';
import { readingFile } from './agent-problems.ts';
import { findSandbox, findTask } from './find.ts';

/** Whose files. */
export interface AskedFiles {
  readonly net: Net;
  readonly master: MasterClient;
  readonly given: string;
  /** For each answer of the agent; undefined = 10 s. */
  readonly timeoutMs: number | undefined;
}

/** A directory of the sandbox; `directory` is relative to it, "" for the sandbox itself. */
export async function taskFilesView(asked: AskedFiles, directory: string): Promise<View> {
  const { net, master, given, timeoutMs } = asked;
  const below = join('', directory);
  const { agent, path } = await findSandbox(net, await findTask(master, given), timeoutMs);
  const files = await readingFile(given, directory || '.', () => agent.files.browse(`${path}${below}`));
  const entries = files.map((file) => ({ ...file, name: file.path.slice(file.path.lastIndexOf('/') + 1) }));
  return {
    data: entries.map(({ name, size, mode, uid, gid, mtime }) => ({ name, size, mode, uid, gid, mtime })),
    names: entries.map(({ name }) => name),
    body: {
      kind: 'table',
      columns: [
        { title: 'MODE' },
        { title: 'USER' },
        { title: 'GROUP', wide: true },
        { title: 'SIZE', align: 'right' },
        { title: 'CHANGED' },
        { title: 'NAME' },
      ],
      rows: entries.map((file) => [
        file.mode,
        file.uid,
        file.gid,
        formatBytes(file.size),
        formatTime(file.mtime * 1000),
        file.name,
      ]),
    },
    empty: 'Nothing is there.',
  };
}

/** The bytes of one file of the sandbox. */
export async function taskFile({ net, master, given, timeoutMs }: AskedFiles, file: string): Promise<Uint8Array> {
  const below = join('', file);
  const { agent, path } = await findSandbox(net, await findTask(master, given), timeoutMs);
  return readingFile(given, file, () => agent.files.download(`${path}${below}`));
}

export function join(sandbox: string, relative: string): string {
  const parts: string[] = [];
  for (const part of relative.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined)
      throw new Problem(EXIT.usage, {
        what: `'${relative}' is outside the sandbox.`,
        why: 'Only its files can be read.',
      });
  }
  return [sandbox, ...parts].join('/');
}
