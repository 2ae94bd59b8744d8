// The contexts file: names for clusters, and which of them is used when nothing else is said.
import { readVersioned, writeVersioned } from '../versioned-file.ts';

const VERSION = 1;

/** One cluster by name: the addresses of its masters. */
export interface Context {
  /** Master addresses, `host:port`; any one of them finds the leader. */
  readonly masters: readonly string[];
}

/** The contexts by name, and which is used without --context. */
export interface ContextConfig {
  readonly current: string | undefined;
  readonly contexts: ReadonlyMap<string, Context>;
}

/** Without a file there are no contexts. Throws Problem when it cannot be read. */
export function readContexts(path: string): ContextConfig {
  const content = readVersioned(path, VERSION);
  const contexts = new Map<string, Context>();
  const listed = content?.contexts;
  if (typeof listed === 'object' && listed !== null) {
    for (const [name, value] of Object.entries(listed)) {
      const masters: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'masters') : undefined;
      if (Array.isArray(masters)) contexts.set(name, { masters: masters.map(String) });
    }
  }
  return { current: typeof content?.current === 'string' ? content.current : undefined, contexts };
}

/** Replaces the file as a whole, readable by its owner alone. */
export function writeContexts(path: string, config: ContextConfig): void {
  const { current, contexts } = config;
  // Later versions may keep credentials here: nobody else's business.
  writeVersioned(
    path,
    { version: VERSION, ...(current && { current }), ...{ contexts: Object.fromEntries(contexts) } },
    0o600,
  );
}
