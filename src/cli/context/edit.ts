// What `mctl context …` does to the contexts, as pure functions.
import { baseUrl } from '../../client/master-addresses.ts';
import { EXIT } from '../exit-codes.ts';
import { nearest } from '../ids.ts';
import { checkMaster, isElection, shownMaster } from '../masters/texts.ts';
import { Problem } from '../problem.ts';
import type { ContextConfig } from './config-file.ts';

/** `use`: it becomes the current one, as it does where there is none. Without addresses of a scheduler the master is asked where it is. */
export interface NewContextOptions {
  readonly replace: boolean;
  readonly use: boolean;
  readonly marathons?: readonly string[] | undefined;
  readonly chronoses?: readonly string[] | undefined;
}

/** Throws Problem `conflict` when the name is taken and `replace` is not said, `usage` when something is malformed. */
export function addContext(
  config: ContextConfig,
  name: string,
  masters: readonly string[],
  options: NewContextOptions,
): ContextConfig {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name)) {
    throw new Problem(EXIT.usage, {
      what: `'${name}' cannot name a context.`,
      why: 'Letters, digits, dots, dashes and underscores, at most 63.',
    });
  }
  const { marathons = [], chronoses = [] } = options;
  for (const master of masters) checkMaster(master);
  if (masters.length > 1 && masters.some(isElection)) {
    throw new Problem(EXIT.usage, {
      what: 'An election stands alone.',
      why: 'Give one zk://host:port,…/path, or addresses of masters.',
    });
  }
  for (const marathon of marathons) checkAddress(marathon, '--marathon', 'A Marathon');
  for (const chronos of chronoses) checkAddress(chronos, '--chronos', 'A Chronos');
  if (config.contexts.has(name) && !options.replace) {
    throw new Problem(EXIT.conflict, {
      what: `There is a context '${name}' already.`,
      next: `mctl context add ${name} ${masters.map(shownMaster).join(',')} --yes      (replaces it)`,
    });
  }
  const contexts = new Map(config.contexts).set(name, {
    masters: [...masters],
    ...(marathons.length > 0 && { marathons: [...marathons] }),
    ...(chronoses.length > 0 && { chronoses: [...chronoses] }),
  });
  return { current: options.use || config.current === undefined ? name : config.current, contexts };
}

/** What is said of a context that was added: whether commands go there now. */
export function savedText({ current }: ContextConfig, name: string): string {
  return `Saved context '${name}'${current === name ? ', which is used from now on' : ''}.`;
}

/** Throws Problem `notFound`. `known` names contexts that are not in the file: running local clusters. */
export function chooseContext(config: ContextConfig, name: string, known: readonly string[]): ContextConfig {
  if (!config.contexts.has(name) && !known.includes(name)) throw noContext(name, [...config.contexts.keys(), ...known]);
  return { ...config, current: name };
}

/** When it was the current one, none is. Throws Problem when there is no such context. */
export function removeContext(config: ContextConfig, name: string): ContextConfig {
  if (!config.contexts.has(name)) throw noContext(name, [...config.contexts.keys()]);
  const contexts = new Map(config.contexts);
  contexts.delete(name);
  return { current: config.current === name ? undefined : config.current, contexts };
}

/** With the name that was probably meant, if one is near. */
export function noContext(name: string, known: readonly string[]): Problem {
  const near = nearest(name, known);
  return new Problem(EXIT.notFound, {
    what: `There is no context '${name}'.`,
    ...(near !== undefined && { why: `Did you mean '${near}'?` }),
    next: 'mctl context list',
  });
}

/** `source` is where it was read, for who did not just type it. */
export function checkAddress(address: string, source?: string, whose = 'A master'): void {
  try {
    baseUrl(address);
  } catch (cause) {
    throw new Problem(
      EXIT.usage,
      {
        what: `'${address}'${source === undefined ? '' : ` (${source})`} is not an address.`,
        why: `${whose} is given as host:port or http://host:port.`,
      },
      { cause },
    );
  }
}
