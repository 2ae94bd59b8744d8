// What the config file says about `mctl top`: `"top": {"keys": {"kill": "x"}}`.
import { bindKeys, type KeyBindings } from '../../tui/keys/bindings.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { readVersioned } from '../versioned-file.ts';

/** The contexts' version: it is the same file. */
const VERSION = 1;

/** Throws Problem `usage` for keys that cannot be bound as they stand there. */
export function readKeys(path: string): KeyBindings {
  const top: unknown = readVersioned(path, VERSION)?.top;
  const keys: unknown = typeof top === 'object' && top !== null ? Reflect.get(top, 'keys') : undefined;
  const result = bindKeys(keys);
  if (result.kind === 'bound') return result.bindings;
  throw new Problem(EXIT.usage, {
    what: `The keys of mctl top in ${path} cannot be bound.`,
    why: result.problems.join('\n'),
    next: `Change "top": {"keys": …} there, or take it out.`,
  });
}
