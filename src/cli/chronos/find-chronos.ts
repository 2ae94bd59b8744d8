// Which Chronos a command talks to: said on the command line, in the environment, known of the context or local cluster, or else the one
// that the cluster's master knows.
import type { MasterClient } from '../../client/operator.ts';
import { checkAddress } from '../context/edit.ts';
import { CHRONOS, frameworkAmong, frameworksOf, nothingThere } from '../context/framework-place.ts';
import type { Target } from '../context/resolve.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';

/** What may say it. `isClusterGiven`: --context or --master was given, and that cluster is meant whatever the environment says. */
export interface ChronosQuestion {
  readonly flag: string | undefined;
  readonly isClusterGiven: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Throws Problem; asked only when it is needed. */
  readonly target: () => Promise<Pick<Target, 'chronoses'>>;
  readonly master: () => Promise<MasterClient>;
}

/** There is none in the cluster. */
export class NoChronos extends Problem {}

/** Addresses. Throws NoChronos, other Problems, ApiError. */
export async function findChronos(question: ChronosQuestion): Promise<readonly string[]> {
  const { flag, isClusterGiven, env, target, master } = question;
  if (flag !== undefined) return addresses(flag, '--chronos');
  if (!isClusterGiven && env.MCTL_CHRONOS) return addresses(env.MCTL_CHRONOS, 'MCTL_CHRONOS');
  const { chronoses } = await target();
  if (chronoses.length > 0) return chronoses;
  const client = await master();
  const found = frameworkAmong(await frameworksOf(client), CHRONOS, client.api.address);
  if (found === undefined) throw new NoChronos(EXIT.unreachable, nothingThere(CHRONOS, client.api.address));
  return [found];
}

function addresses(text: string, source: string): string[] {
  const found = text.split(',').map((address) => address.trim());
  for (const address of found) checkAddress(address, source, 'A Chronos');
  return found;
}
