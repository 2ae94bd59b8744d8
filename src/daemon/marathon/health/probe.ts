// One probe of a check that Marathon runs (marathon.md 17.2).
import { NetError } from '../../../world/net.ts';
import type { World } from '../../../world/world.ts';
import type { HealthCheck } from '../model/app.ts';
import type { Instance } from '../model/instance.ts';
import { ask } from './ask.ts';
import { failure, NO_OUTCOME, type Outcome, SUCCESS } from './judge.ts';
import { statusText } from './status-text.ts';
import { targetOf, urlOf } from './target.ts';

/** Checks that Marathon runs; the others are run by the agent. */
export type ProbedCheck = HealthCheck & { readonly protocol: 'HTTP' | 'HTTPS' | 'TCP' };

/** Whether Marathon runs it. */
export function isProbed(check: HealthCheck): check is ProbedCheck {
  return check.protocol === 'HTTP' || check.protocol === 'HTTPS' || check.protocol === 'TCP';
}

/** Of the body only so much is read, and only so long: it says nothing. */
const KEEP_BYTES = 64 * 1024;
const BODY_MS = 1_000;

/** Never rejects; whatever hinders it is a failure with its cause in words. */
export async function probe(
  world: Pick<World, 'net' | 'clock'>,
  instance: Instance,
  check: ProbedCheck,
): Promise<Outcome> {
  const target = targetOf(instance, check);
  if ('missing' in target) return failure(target.missing);
  const timeoutMs = check.timeoutSeconds * 1000;
  try {
    if (check.protocol === 'TCP') {
      await world.net.connect(target.host, target.port, timeoutMs);
      return SUCCESS;
    }
    const scheme = check.protocol === 'HTTPS' ? 'https' : 'http';
    const path = 'path' in check ? (check.path ?? '/') : '/';
    const { status } = await ask(world, urlOf(scheme, target, path), {
      timeoutMs,
      bodyMs: BODY_MS,
      keepBytes: KEEP_BYTES,
    });
    return outcomeOfStatus(status, 'ignoreHttp1xx' in check && check.ignoreHttp1xx === true);
  } catch (error) {
    if (error instanceof NetError) return failure(error.message);
    throw error;
  }
}

/** 200–399 is healthy. */
export function outcomeOfStatus(status: number, ignoreHttp1xx: boolean): Outcome {
  if (status >= 200 && status <= 399) return SUCCESS;
  if (status < 200 && ignoreHttp1xx) return NO_OUTCOME;
  return failure(statusText(status));
}
