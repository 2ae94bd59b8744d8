// `mctl state restore`: the whole backup is read and believed before anything is touched; then one commit puts it in place.
import { type Backup, planRestore, readBackup } from '../../cluster/backup/index.ts';
import { StoreError } from '../../cluster/store.ts';
import { SERVICES, type Service, servicesOfKeys, titleOf } from '../ensemble/services.ts';
import { EXIT } from '../exit-codes.ts';
import { formatBytes } from '../output/units.ts';
import type { View } from '../output/view.ts';
import { Problem } from '../problem.ts';
import { readBackupFile } from './backup-file.ts';
import type { StatePlace } from './place.ts';
import { asProblems, otherService, stateProblem } from './problems.ts';

/** A backup that is whole, and whose it is. */
export interface ServiceBackup extends Backup {
  readonly service: Service;
  readonly bytes: number;
}

/** Between two words about what is under way. */
const PROGRESS_ENTRIES = 20_000;

/**
 * The backup in the file, or stdin for `-`. Throws Problem: `failed` when it is damaged or none, `conflict` when it is not
 * of the service that is `expected`.
 */
export async function loadBackup(
  file: string,
  expected: Service | undefined,
  progress: (text: string) => void,
): Promise<ServiceBackup> {
  let told = 0;
  const backup = await asProblems(`${file === '-' ? 'The input' : file} cannot be restored.`, () =>
    readBackup(readBackupFile(file), (done, of) => {
      if (done - told < PROGRESS_ENTRIES) return;
      told = done;
      progress(`Reading ${file}: ${done} of ${of} entries`);
    }),
  );
  const service = SERVICES.find((one) => one === backup.kind);
  if (service === undefined || (expected !== undefined && expected !== service)) {
    const wanted = expected === undefined ? SERVICES.map(titleOf).join(' or a ') : titleOf(expected);
    throw new Problem(EXIT.conflict, {
      what: `${file} cannot be restored.`,
      why: `It is a backup of a ${service === undefined ? backup.kind : titleOf(service)}, not of a ${wanted}.`,
    });
  }
  const held = servicesOfKeys(backup.content.map(({ key }) => key));
  if (held.length > 0 && !held.includes(service)) {
    throw otherService(`${file} cannot be restored.`, `It says that it is the state of a ${titleOf(service)}`, held);
  }
  return { ...backup, service, bytes: backup.content.reduce((sum, { value }) => sum + value.length, 0) };
}

/** What may be done to what is there. */
export interface RestoreOptions {
  /** Entries that are there may be replaced. */
  readonly mayReplace: boolean;
  /** Asks a person. Throws Problem when the answer is no. */
  readonly confirm: (question: string) => Promise<void>;
  readonly progress: (text: string) => void;
}

/** Throws Problem, and then nothing has changed unless it says that this is not known. */
export async function restore(place: StatePlace, backup: ServiceBackup, options: RestoreOptions): Promise<View> {
  const { mayReplace, confirm, progress } = options;
  const { where } = place;
  refuseTooLarge(place, backup);
  const { store, fence, plan } = await asProblems(`The state at ${where} cannot be looked at.`, async () => {
    const opened = await place.open();
    const hold = await place.hold();
    progress(`Looking at the state at ${where}`);
    return { store: opened, fence: hold.fence, plan: await planRestore(opened, backup.content) };
  });
  const there = servicesOfKeys(plan.presentKeys);
  if (there.length > 0 && !there.includes(backup.service)) {
    const why = `The backup is the state of a ${titleOf(backup.service)}`;
    throw otherService(`The backup does not belong to ${where}.`, why, there);
  }
  if (plan.present > 0 && !mayReplace) throw notEmpty(where, plan.present);
  if (plan.present > 0 && plan.changes.length > 0) {
    await confirm(`Replace what is at ${where}, ${counted(plan.present)}, by the backup's ${counted(backup.entries)}?`);
  }
  progress(`Writing ${counted(backup.entries)}, ${formatBytes(backup.bytes)}, to ${where}`);
  try {
    await store.commit(plan.changes, fence === undefined ? {} : { fence });
  } catch (error) {
    throw notRestored(error, where);
  }
  return view(place, backup, plan.present);
}

function notRestored(error: unknown, where: string): unknown {
  const isDoubtful = error instanceof StoreError && error.code === 'failed';
  if (!isDoubtful) return stateProblem(error, `The backup was not restored to ${where}.`);
  const problem = stateProblem(error, `Nobody said whether the backup was restored to ${where}.`);
  if (!(problem instanceof Problem)) return problem;
  const next = 'Run it again, with --replace: nothing or all of it was done.';
  return new Problem(problem.exitCode, { ...problem.text, next }, { cause: error });
}

function view(place: StatePlace, { entries, bytes, sha256, service }: ServiceBackup, replaced: number): View {
  return {
    data: { service, to: place.where, entries, bytes, replaced, sha256 },
    names: [place.where],
    body: {
      kind: 'details',
      items: [
        ['Service', service],
        ['To', place.where],
        ['Entries', String(entries)],
        ['Size', formatBytes(bytes)],
        ['Replaced', replaced === 0 ? undefined : counted(replaced)],
        ['SHA-256', sha256],
      ],
    },
  };
}

function refuseTooLarge({ maxBytes, where }: StatePlace, { bytes }: ServiceBackup): void {
  if (maxBytes === undefined || bytes <= maxBytes) return;
  throw new Problem(EXIT.failed, {
    what: `The backup is too large for ${where}.`,
    why: `Its values are ${formatBytes(bytes)}, and an ensemble takes at most ${formatBytes(maxBytes)} at once.`,
  });
}

function notEmpty(where: string, present: number): Problem {
  return new Problem(EXIT.conflict, {
    what: `There is a state at ${where} already.`,
    why: `It has ${counted(present)}.`,
    next: ['Make a backup of it first: mctl state backup', 'Add --replace to put this backup in its place.'],
  });
}

const counted = (entries: number): string => `${entries} ${entries === 1 ? 'entry' : 'entries'}`;
