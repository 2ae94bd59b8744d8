// Which Marathon a command talks to: said on the command line, in the environment, known of the context or local cluster,
// or else the one that the cluster's master knows.
import type { MasterClient } from '../../client/operator.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { checkAddress } from './edit.ts';
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

/** One framework, as far as it says where it can be reached. */
export interface FrameworkPlace {
  readonly name: string;
  readonly webuiUrl: string | undefined;
}

/** Asks the master. Throws ApiError, and Problem as `marathonAmong`. */
export async function askForMarathon(master: MasterClient): Promise<string[]> {
  const { frameworks = [] } = await master.getFrameworks();
  const active = frameworks.filter((framework) => framework.active || framework.connected);
  return [
    marathonAmong(
      active.map(({ framework_info: info }) => ({ name: info.name, webuiUrl: info.webui_url })),
      master.api.address,
    ),
  ];
}

/** The cluster has no Marathon, as far as its master knows. */
export class NoMarathon extends Problem {}

/** Throws NoMarathon, and Problem `usage` when there are several, `unreachable` for one that does not say where it is. */
export function marathonAmong(frameworks: readonly FrameworkPlace[], master: string): string {
  const named = frameworks.filter(({ name }) => /^marathon/i.test(name));
  const exact = named.filter(({ name }) => name.toLowerCase() === 'marathon');
  const [only, ...others] = exact.length > 0 ? exact : named;
  const give = '--marathon <host:port>      (or MCTL_MARATHON, or mctl context add --marathon)';
  if (only === undefined) {
    throw new NoMarathon(EXIT.unreachable, {
      what: 'There is no Marathon in this cluster.',
      why: `The master at ${master} has no framework of that name.`,
      next: [`mctl marathon --master=${new URL(master).host} --work-dir=<directory>`, give],
    });
  }
  if (others.length > 0) {
    const list = [only, ...others].map(({ name, webuiUrl }) => `${name} at ${webuiUrl ?? 'an unknown address'}`);
    throw new Problem(EXIT.usage, {
      what: `There are ${list.length} Marathons in this cluster; which one is meant?`,
      why: list.join('\n'),
      next: give,
    });
  }
  const { webuiUrl } = only;
  if (webuiUrl === undefined || !/^https?:\/\//.test(webuiUrl) || !URL.canParse(webuiUrl)) {
    throw new Problem(EXIT.unreachable, {
      what: 'The Marathon of this cluster does not say where it is.',
      why: `The master at ${master} has no address of its web UI.`,
      next: give,
    });
  }
  // The page is below /ui, the API beside it.
  return webuiUrl
    .replace(/[?#].*$/, '')
    .replace(/\/ui\/?$/, '')
    .replace(/\/+$/, '');
}
