// Where a scheduler of the cluster is, as its master knows it: the address that the framework told for its web page.
import type { MasterClient } from '../../client/operator.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem, type ProblemText } from '../problem.ts';

/** One framework, as far as it says where it can be reached. */
export interface FrameworkPlace {
  readonly name: string;
  readonly webuiUrl: string | undefined;
}

/** Which one is looked for. `daemon`: the name of its framework, of its command and of the flag that names it. */
export interface WantedScheduler {
  readonly name: string;
  readonly daemon: string;
}

export const CHRONOS: WantedScheduler = { name: 'Chronos', daemon: 'chronos' };
export const MARATHON: WantedScheduler = { name: 'Marathon', daemon: 'marathon' };

/** Those that are there now. Throws ApiError. */
export async function frameworksOf(master: MasterClient): Promise<FrameworkPlace[]> {
  const { frameworks = [] } = await master.getFrameworks();
  return frameworks
    .filter(({ active, connected }) => active || connected)
    .map(({ framework_info: info }) => ({ name: info.name, webuiUrl: info.webui_url }));
}

/**
 * Its base URL; undefined when there is none. Throws Problem `usage` when there are several, `unreachable` for one that does not say where
 * it is.
 */
export function frameworkAmong(
  frameworks: readonly FrameworkPlace[],
  wanted: WantedScheduler,
  master: string,
): string | undefined {
  const named = frameworks.filter(({ name }) => name.toLowerCase().startsWith(wanted.daemon));
  const exact = named.filter(({ name }) => name.toLowerCase() === wanted.daemon);
  const [only, ...others] = exact.length > 0 ? exact : named;
  if (only === undefined) return undefined;
  if (others.length > 0) {
    const list = [only, ...others].map(({ name, webuiUrl }) => `${name} at ${webuiUrl ?? 'an unknown address'}`);
    throw new Problem(EXIT.usage, {
      what: `There are ${list.length} ${wanted.name}s in this cluster; which one is meant?`,
      why: list.join('\n'),
      next: nameIt(wanted),
    });
  }
  const { webuiUrl } = only;
  if (webuiUrl === undefined || !/^https?:\/\//.test(webuiUrl) || !URL.canParse(webuiUrl)) {
    throw new Problem(EXIT.unreachable, {
      what: `The ${wanted.name} of this cluster does not say where it is.`,
      why: `The master at ${master} has no address of its web UI.`,
      next: nameIt(wanted),
    });
  }
  // The page is below /ui, the API beside it.
  return webuiUrl
    .replace(/[?#].*$/, '')
    .replace(/\/ui\/?$/, '')
    .replace(/\/+$/, '');
}

/** What is said when there is none. */
export function nothingThere(wanted: WantedScheduler, master: string): ProblemText {
  return {
    what: `There is no ${wanted.name} in this cluster.`,
    why: `The master at ${master} has no framework of that name.`,
    next: [`mctl ${wanted.daemon} --master=${new URL(master).host} --work-dir=<directory>`, nameIt(wanted)],
  };
}

function nameIt({ daemon }: WantedScheduler): string {
  const variable = `MCTL_${daemon.toUpperCase()}`;
  return `--${daemon} <host:port>      (or ${variable}, or mctl context add --${daemon})`;
}
