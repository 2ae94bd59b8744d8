// Follows a deployment until it ends, time is up, or the person has seen enough. A Marathon that goes away meanwhile is
// waited for: deployments survive it.
import { type DeploymentProgress, type MarathonClient, MarathonError } from '../../../client/marathon.ts';
import type { Clock } from '../../../world/world.ts';
import { ProgressReader } from './read-progress.ts';

/** How it ended for whoever followed. */
export type FollowOutcome =
  | { readonly kind: 'ended'; readonly progress: DeploymentProgress }
  /** There was nothing to do. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'timed-out'; readonly progress: DeploymentProgress | undefined }
  | { readonly kind: 'interrupted' };

/** Which one, and where to what is seen of it. */
export interface FollowOptions {
  readonly marathon: MarathonClient;
  readonly clock: Clock;
  readonly id: string;
  readonly timeoutMs: number | undefined;
  /** Resolves when no more is to be seen. */
  readonly interrupted: Promise<void>;
  readonly show: (progress: DeploymentProgress, hint: string | undefined) => Promise<void> | void;
  readonly say: (text: string) => void;
  /** Asked when instances have been waiting for a while: why. */
  readonly hint: (progress: DeploymentProgress) => Promise<string | undefined>;
}

const POLL_MS = 400;
/** A Marathon that is away for longer has not just been restarted. */
const PATIENCE_MS = 120_000;
const HINT_EVERY_MS = 4_000;

/** Throws MarathonError when Marathon does not answer for two minutes, or at all. */
export async function followDeployment(options: FollowOptions): Promise<FollowOutcome> {
  const { marathon, clock, id, timeoutMs, interrupted, show, say } = options;
  const reader = new ProgressReader(marathon, id);
  const startMs = clock.monotonicMs();
  const stop = interrupted.then(() => 'stop' as const);
  let progress: DeploymentProgress | undefined;
  let awaySinceMs: number | undefined;
  let hint: string | undefined;
  let hintedAtMs = startMs;
  for (;;) {
    const nowMs = clock.monotonicMs();
    try {
      const reading = await Promise.race([reader.read(), stop]);
      if (reading === 'stop') return { kind: 'interrupted' };
      if (awaySinceMs !== undefined) say('Marathon is back.');
      awaySinceMs = undefined;
      if (reading.kind === 'nothing') return { kind: 'nothing' };
      ({ progress } = reading);
      if (progress.totalSteps === 0 && progress.state === 'succeeded') return { kind: 'nothing' };
      if (!isWaiting(progress)) hint = undefined;
      await show(progress, hint);
      if (progress.state !== 'running') return { kind: 'ended', progress };
      if (isWaiting(progress) && nowMs - hintedAtMs >= HINT_EVERY_MS) {
        hint = await options.hint(progress);
        hintedAtMs = nowMs;
      }
    } catch (error) {
      if (!isAway(error)) throw error;
      if (awaySinceMs === undefined)
        say('Marathon does not answer; trying again. The deployment goes on when it is back.');
      awaySinceMs ??= nowMs;
      if (nowMs - awaySinceMs > PATIENCE_MS) throw error;
    }
    const leftMs = timeoutMs === undefined ? POLL_MS : timeoutMs - (clock.monotonicMs() - startMs);
    if (leftMs <= 0) return { kind: 'timed-out', progress };
    if ((await Promise.race([clock.sleep(Math.min(POLL_MS, leftMs)), stop])) === 'stop') return { kind: 'interrupted' };
  }
}

function isWaiting({ actions }: DeploymentProgress): boolean {
  return actions.some(({ done, instances }) => !done && instances.some(({ mark }) => mark === 'waiting'));
}

function isAway(error: unknown): boolean {
  return error instanceof MarathonError && /^(unreachable|unavailable|failed)$/.test(error.code);
}
