// Flags that say something themselves or name a file that does (`file:///path`).
import type { World } from '../../../world/world.ts';
import { invalidValue } from '../../serving/flags.ts';

const PREFIX = 'file://';

/** What was said, or where it is. */
export type InlineOrFile<T> = { readonly value: T } | { readonly path: string };

/** A parser of such flags from one of what they say. */
export function inlineOrFile<T>(parse: (text: string) => T): (text: string) => InlineOrFile<T> {
  return (text) => (text.startsWith(PREFIX) ? { path: text.slice(PREFIX.length) } : { value: parse(text) });
}

/** What the flag comes to; undefined when it was not given. Throws DiskError, FlagError for a file that says nothing. */
export async function contentOf<T>(
  { disk }: Pick<World, 'disk'>,
  name: string,
  given: { readonly value: InlineOrFile<T> } | undefined,
  parse: (text: string) => T,
): Promise<T | undefined> {
  if (given === undefined) return undefined;
  if ('value' in given.value) return given.value.value;
  const { path } = given.value;
  const text = await disk.readText(path);
  try {
    return parse(text);
  } catch (cause) {
    throw invalidValue(name, `${PREFIX}${path}`, cause);
  }
}
