// The config file: names for clusters, and which of them is used when nothing else is said. Its `top` is read by
// src/cli/top/settings.ts.
import { readVersioned, writeVersioned } from '../versioned-file.ts';

const VERSION = 1;

/** One cluster by name: the addresses of its masters, and of its Marathons and Chronoses if they were told. */
export interface Context {
  /** Master addresses, `host:port`; any one of them finds the leader. */
  readonly masters: readonly string[];
  /** Absent: the master knows where its Marathon is. */
  readonly marathons?: readonly string[];
  /** Absent: the master knows where its Chronos is. */
  readonly chronoses?: readonly string[];
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
      const masters = addresses(value, 'masters');
      const marathons = addresses(value, 'marathons');
      const chronoses = addresses(value, 'chronoses');
      if (masters === undefined) continue;
      contexts.set(name, { masters, ...(marathons && { marathons }), ...(chronoses && { chronoses }) });
    }
  }
  return { current: typeof content?.current === 'string' ? content.current : undefined, contexts };
}

function addresses(context: unknown, member: string): string[] | undefined {
  const list: unknown = typeof context === 'object' && context !== null ? Reflect.get(context, member) : undefined;
  return Array.isArray(list) ? list.map(String) : undefined;
}

/** Replaces the file as a whole, readable by its owner alone. What else is in it (`top`) stays. */
export function writeContexts(path: string, config: ContextConfig): void {
  const { current, contexts } = config;
  const { current: _, contexts: __, ...others } = readVersioned(path, VERSION) ?? {};
  // Later versions may keep credentials here: nobody else's business.
  writeVersioned(
    path,
    { ...others, version: VERSION, ...(current && { current }), ...{ contexts: Object.fromEntries(contexts) } },
    0o600,
  );
}
