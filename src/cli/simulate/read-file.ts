// The file of `mctl simulate`, JSON or YAML. Everything wrong is told at once, each with its line.
import { basename } from 'node:path';
import { type InputFault, readWorkload } from '../../workload/input/read.ts';
import type { Workload } from '../../workload/workload.ts';
import { EXIT } from '../exit-codes.ts';
import { nearest } from '../ids.ts';
import { readInput } from '../marathon/input/read-files.ts';
import { Problem } from '../problem.ts';

const MAX_FAULTS = 20;

/** `file`: a path, or `-` for stdin. Throws Problem `usage`. */
export async function readWorkloadFile(file: string): Promise<Workload> {
  const [document, second] = await readInput([file]);
  if (document === undefined || second !== undefined)
    throw new Problem(EXIT.usage, { what: `${file} has more than one document.`, why: 'A workload is one.' });
  const read = readWorkload(document.value, basename(document.source).replace(/\.\w+$/, ''));
  if ('workload' in read) return read.workload;
  const lines = read.faults.slice(0, MAX_FAULTS).map((fault) => `${document.place(fault.path)}  ${faultText(fault)}`);
  if (read.faults.length > MAX_FAULTS) lines.push(`and ${read.faults.length - MAX_FAULTS} more`);
  throw new Problem(EXIT.usage, {
    what: `${document.source} is no workload.`,
    why: lines.join('\n'),
    next: 'mctl simulate --help',
  });
}

function faultText({ path, text, unknown }: InputFault): string {
  const meant = unknown && nearest(unknown.name, unknown.members);
  return `${path.join('.') || 'the workload'} ${text}${meant === undefined ? '' : `; is it ${meant}?`}`;
}
