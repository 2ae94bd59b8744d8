// Which Marathon a command talks to: said on the command line, in the environment, known of the context or local cluster,
// or else the one that the cluster's master knows.
import type { MasterClient } from '../../client/operator.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { checkAddress } from './edit.ts';
import { type FrameworkPlace, frameworkAmong, frameworksOf, MARATHON, nothingThere } from './framework-place.ts';
import type { Target } from './resolve.ts';

/** Everything that may say which Marathon is meant. */
export interface MarathonQuestion {
  readonly marathonFlag: string | undefined;
  /** --context or --master was given: that cluster is meant, whatever the environment says. */
  readonly isClusterGiven: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Throws Problem; asked only when it is needed. */
  readonly target: () => Target;
}

/** Addresses, or the masters that are to be asked for them. */
export type MarathonPlace =
  | { readonly kind: 'known'; readonly marathons: readonly string[] }
  | { readonly kind: 'ask'; readonly target: Target };

/** Throws Problem `usage` for what is no address, and as `target`. */
export function placeOfMarathon({ marathonFlag, isClusterGiven, env, target }: MarathonQuestion): MarathonPlace {
  if (marathonFlag !== undefined) return { kind: 'known', marathons: addresses(marathonFlag, '--marathon') };
  if (!isClusterGiven && env.MCTL_MARATHON)
    return { kind: 'known', marathons: addresses(env.MCTL_MARATHON, 'MCTL_MARATHON') };
  const found = target();
  if (found.marathons.length > 0) return { kind: 'known', marathons: found.marathons };
  return { kind: 'ask', target: found };
}

function addresses(text: string, source: string): string[] {
  const found = text.split(',').map((address) => address.trim());
  for (const address of found) checkAddress(address, source, 'A Marathon');
  return found;
}

/** Asks the master. Throws ApiError, and Problem as `marathonAmong`. */
export async function askForMarathon(master: MasterClient): Promise<string[]> {
  return [marathonAmong(await frameworksOf(master), master.api.address)];
}

/** The cluster has no Marathon, as far as its master knows. */
export class NoMarathon extends Problem {}

/** Throws NoMarathon, and Problem as `frameworkAmong`. */
export function marathonAmong(frameworks: readonly FrameworkPlace[], master: string): string {
  const found = frameworkAmong(frameworks, MARATHON, master);
  if (found !== undefined) return found;
  throw new NoMarathon(EXIT.unreachable, nothingThere(MARATHON, master));
}
