// `mctl job import-crontab`: the file, and what is done about lines that cannot be taken over.
import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { type CronJob, type CrontabOptions, readCrontab } from './crontab.ts';

/** `file` - is stdin. Throws Problem `usage`; with `skipBad` bad lines are only told. */
export async function jobsOfCrontab(
  file: string,
  options: CrontabOptions,
  { skipBad, say }: { readonly skipBad: boolean; readonly say: (text: string) => void },
): Promise<readonly CronJob[]> {
  const { jobs, problems } = readCrontab(await read(file), options);
  if (problems.length > 0 && !skipBad) {
    throw new Problem(EXIT.usage, {
      what: `${problems.length === 1 ? 'A line' : `${problems.length} lines`} of ${file === '-' ? 'stdin' : file} cannot be taken over.`,
      why: problems.join('\n'),
      next: '--skip-bad takes over the others.',
    });
  }
  for (const problem of problems) say(`Line ${problem}`);
  return jobs;
}

async function read(file: string): Promise<string> {
  if (file === '-') return readAll(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Problem(EXIT.usage, { what: `${file} cannot be read.`, why }, { cause });
  }
}
