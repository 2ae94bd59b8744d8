// `mctl job kill`: ends what runs of a job, and waits until it has ended.
import type { ChronosClient, ChronosRun } from '../../client/chronos.ts';
import type { Clock } from '../../world/world.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { patiently } from './patience.ts';

const LOOK_EVERY_MS = 250;

/** Which job, and whether to wait for the end of its runs. */
export interface KillOptions {
  readonly chronos: ChronosClient;
  readonly clock: Clock;
  readonly name: string;
  /** Returns once Chronos has the order. */
  readonly detach: boolean;
  readonly timeoutMs: number;
  readonly progress: (text: string) => void;
}

/** How many runs are, or with `detach` will be, ended. What starts meanwhile is another run. Throws Problem `timedOut`. */
export async function killJob({ chronos, clock, name, detach, timeoutMs, progress }: KillOptions): Promise<number> {
  const meant = new Set((await chronos.ownJob(name)).alive.map(({ number }) => number));
  const killed = await chronos.kill(name);
  if (detach || meant.size === 0) return killed;
  const untilMs = clock.monotonicMs() + timeoutMs;
  let told = '';
  for (;;) {
    const { alive } = await patiently(clock, () => chronos.ownJob(name), progress);
    const left = alive.filter(({ number }) => meant.has(number));
    if (left.length === 0) return killed;
    const waits = left.map(whereText).join(', ');
    if (waits !== told) progress(`${name}: ${waits}`);
    told = waits;
    if (clock.monotonicMs() >= untilMs) {
      throw new Problem(EXIT.timedOut, {
        what: `${left.length === 1 ? 'A run' : `${left.length} runs`} of ${name} did not end within ${Math.round(timeoutMs / 1000)} s.`,
        why: `The kill goes on (${waits}); a command may take its time to stop.`,
        next: `mctl job show ${name}`,
      });
    }
    await clock.sleep(LOOK_EVERY_MS);
  }
}

function whereText({ number, state, agentHost }: ChronosRun): string {
  return `run ${number} is ${state}${agentHost === null ? '' : ` on ${agentHost}`}`;
}
