// `mctl job apply`: makes the jobs of a Chronos as they are in files (chronos.md 18.2). Chronos compares; what it says is carried out here, one
// job after the other, parents first.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChronosClient, JobsPlan } from '../../client/chronos.ts';
import { nearest } from '../ids.ts';
import { readInput } from '../marathon/input/read-files.ts';
import type { View } from '../output/view.ts';

/** What is to be made, and how. */
export interface ApplyOptions {
  readonly chronos: ChronosClient;
  readonly jobs: readonly unknown[];
  /** Removes jobs that are not among them. */
  readonly prune: boolean;
  readonly dryRun: boolean;
  /** Before anything is removed. Throws when it is not to be. */
  readonly confirmRemoval: (names: readonly string[]) => Promise<void>;
}

/** What was, or would be, done with one job. */
export interface Applied {
  readonly name: string;
  readonly change: JobsPlan['steps'][number]['change'] | 'remove';
  readonly fields: readonly string[];
  /** What is odd about it, and done all the same; sentences. */
  readonly notes: readonly string[];
}

/** Throws Problem, ChronosError: what was done until then stays. */
export async function applyJobs(options: ApplyOptions): Promise<readonly Applied[]> {
  const { chronos, jobs, prune, dryRun, confirmRemoval } = options;
  const { steps, others } = await chronos.plan(jobs);
  const removed = prune ? await childrenFirst(chronos, others) : [];
  const all: Applied[] = [
    ...steps.map((step) => ({ name: step.name, change: step.change, fields: step.fields, notes: notesOn(step) })),
    ...removed.map((name) => ({ name, change: 'remove' as const, fields: [], notes: [] })),
  ];
  if (dryRun) return all;
  if (removed.length > 0) await confirmRemoval(removed);
  for (const step of steps) if (step.change !== 'none') await chronos.store(step.job);
  for (const name of removed) await chronos.remove(name);
  return all;
}

/** Old files may hold members of other clients, so these are no errors; but most are slips of the pen. */
function notesOn({ name, job, ignored }: JobsPlan['steps'][number]): readonly string[] {
  const notes = ignored.map((member) => {
    const meant = nearest(member, [...Object.keys(job), ...RARE_MEMBERS]);
    const question = meant === undefined ? '' : `; did you mean '${meant}'?`;
    return `${name}: '${member}' is no member of a job and is left out${question}`;
  });
  const doesNothing = job.command === '' && !job.executor && job.container === undefined;
  return doesNothing ? [...notes, `${name} has no command: its runs do nothing, and succeed.`] : notes;
}

/** Those that a job shows only when it has them. */
const RARE_MEMBERS = [
  'schedule',
  'scheduleTimeZone',
  'cron',
  'parents',
  'epsilon',
  'async',
  'container',
  'notify',
  'retryDelay',
  'retryFactor',
];

/** So that none is linked anew only to be removed next. */
async function childrenFirst(chronos: ChronosClient, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const wanted = new Set(names);
  const childrenOf = new Map((await chronos.ownJobs()).map(({ name, children }) => [name, children]));
  const ordered = new Set<string>();
  const visit = (name: string): void => {
    for (const child of childrenOf.get(name) ?? []) if (wanted.has(child)) visit(child);
    ordered.add(name);
  };
  for (const name of names) visit(name);
  return [...ordered];
}

export function isChanging(applied: readonly Applied[]): boolean {
  return applied.some(({ change }) => change !== 'none');
}

const DONE = { create: 'created', update: 'changed', none: 'unchanged', remove: 'removed' } as const;
const WOULD = {
  create: 'would be created',
  update: 'would change',
  none: 'unchanged',
  remove: 'would be removed',
} as const;

/** In order of what was done. */
export function appliedView(applied: readonly Applied[], dryRun: boolean): View {
  const words = dryRun ? WOULD : DONE;
  return {
    data: applied,
    names: applied.filter(({ change }) => change !== 'none').map(({ name }) => name),
    body: {
      kind: 'table',
      columns: [{ title: 'JOB' }, { title: 'RESULT' }, { title: 'WHAT DIFFERS' }],
      rows: applied.map(({ name, change, fields }) => [name, words[change], fields.join(', ')]),
    },
    empty: 'No jobs.',
  };
}

/** Jobs of files and of all that is in directories; `-` is stdin. A document is a job or a list of jobs. Throws Problem `usage`. */
export async function jobsFrom(places: readonly string[]): Promise<readonly unknown[]> {
  const files = await Promise.all(places.map(filesIn));
  const documents = await readInput(files.flat());
  return documents.flatMap(({ value }): unknown[] => (Array.isArray(value) ? value : [value]));
}

async function filesIn(place: string): Promise<string[]> {
  const isDirectory = place !== '-' && (await stat(place).catch(() => undefined))?.isDirectory() === true;
  if (!isDirectory) return [place];
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
