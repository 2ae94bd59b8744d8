// `mctl job import-crontab`: the file, and what is done about lines that cannot be taken over.
import { EXIT } from '../exit-codes.ts';
import { readText } from '../marathon/input/read-files.ts';
import { Problem } from '../problem.ts';
import { type CronJob, type CrontabOptions, readCrontab, zoneProblemOf } from './crontab.ts';

/** `file` - is stdin. Throws Problem `usage`; with `skipBad` bad lines are only told. */
export async function jobsOfCrontab(
  file: string,
  options: CrontabOptions,
  { skipBad, say }: { readonly skipBad: boolean; readonly say: (text: string) => void },
): Promise<readonly CronJob[]> {
  const zoneProblem = zoneProblemOf(options.zoneId);
  if (zoneProblem !== undefined) throw new Problem(EXIT.usage, { what: `--zone: ${zoneProblem}` });
  const { jobs, problems } = readCrontab(await readText(file), options);
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
