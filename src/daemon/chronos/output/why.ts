// Why a job does not run at this moment, in plain words (chronos.md 17.7). What stands first is what there is to do something about.
import type { ChronosCore } from '../core.ts';
import { successesFrom } from '../jobs/successes.ts';
import type { Job } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import { isLaunched } from './state.ts';
import { instantText } from './times.ts';

/**
 * - `running`: it does run. `unplaceable`: no agent has what it wants. `no-master`: Mesos is not connected.
 * - `queued`: it waits for an offer. `retry`: it failed, and waits for its next attempt.
 * - `disabled`. `exhausted`: its schedule is at its end. `parents`: it waits for them. `time`: for its time.
 */
export type WhyKind =
  | 'running'
  | 'no-master'
  | 'unplaceable'
  | 'queued'
  | 'retry'
  | 'disabled'
  | 'exhausted'
  | 'parents'
  | 'time';

/** One reason; `message` is a sentence. */
export interface WhyReason {
  readonly kind: WhyKind;
  readonly message: string;
}

/** At least one. */
export function reasonsOf(
  core: Pick<ChronosCore, 'runs' | 'queue'> & { readonly mesos: Pick<ChronosCore['mesos'], 'isSubscribed'> },
  job: Job,
): readonly WhyReason[] {
  const alive = core.runs.of(job.definition.name);
  return [...runReasons(core, job, alive), ...waitReasons(job)];
}

function runReasons(
  { queue, mesos }: Pick<ChronosCore, 'queue'> & { readonly mesos: Pick<ChronosCore['mesos'], 'isSubscribed'> },
  { definition: { name, concurrent, retries } }: Job,
  alive: readonly Run[],
): WhyReason[] {
  const reasons: WhyReason[] = [];
  const launched = alive.filter(isLaunched);
  const queued = alive.filter(({ state }) => state === 'queued');
  for (const run of launched) reasons.push({ kind: 'running', message: runningText(run) });
  if (launched.length > 0 && !concurrent)
    reasons.push({
      kind: 'running',
      message: 'What becomes due while it runs is left out, because it is not concurrent.',
    });
  if (queued.length > 0) {
    if (!mesos.isSubscribed)
      reasons.push({
        kind: 'no-master',
        message: 'Chronos is not connected to a Mesos master, so there are no offers.',
      });
    const unplaceable = queue.unplaceable().get(name);
    if (unplaceable !== undefined) reasons.push({ kind: 'unplaceable', message: sentence(unplaceable) });
    else
      reasons.push({
        kind: 'queued',
        message: sentence(queue.why(name) ?? 'it waits for an offer that has room for it'),
      });
  }
  for (const { state, attempt, notBeforeMs } of alive) {
    if (state !== 'delayed') continue;
    const at = notBeforeMs === undefined ? 'soon' : `at ${instantText(notBeforeMs)}`;
    const message = `Attempt ${attempt} of ${retries + 1} failed; the next one comes ${at}.`;
    reasons.push({ kind: 'retry', message });
  }
  return reasons;
}

function runningText({ state, startedMs, agentHost, sinceMs }: Run): string {
  const where = agentHost === undefined ? '' : ` on ${agentHost}`;
  switch (state) {
    case 'unreachable':
      return `A run${where} cannot be reached since ${instantText(sinceMs)}.`;
    case 'reported':
      return `The process of a run${where} has ended; its end is still to be reported (PUT task/<id>).`;
    default:
      return startedMs === undefined
        ? `A run is being started${where}.`
        : `A run is under way${where} since ${instantText(startedMs)}.`;
  }
}

function waitReasons({ definition: { when }, isDisabled, next, successesOf }: Job): WhyReason[] {
  if (when.kind === 'scheduled' && next === undefined)
    return [{ kind: 'exhausted', message: 'Its schedule is at its end: no run is left.' }];
  if (isDisabled)
    return [{ kind: 'disabled', message: 'It is disabled: neither its schedule nor its parents start it.' }];
  if (next !== undefined) return [{ kind: 'time', message: `Its next run is due at ${instantText(next.dueMs)}.` }];
  if (when.kind !== 'dependent') return [];
  const lacking = when.parents.filter((parent) => successesFrom(successesOf, parent) === 0);
  // While a run of it waits, further successes are kept for a run after that one (chronos.md 6.4).
  const message =
    lacking.length > 0
      ? `It waits for a success of ${lacking.join(' and of ')}.`
      : `${when.parents.join(' and ')} succeeded once more: another run comes after this one.`;
  return [{ kind: 'parents', message }];
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
