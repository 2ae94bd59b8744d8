// Which key does what, after the config file (`top.keys`) has had its say. A binding that cannot be is refused with the reason, so
// that nobody presses `k` and gets something else than they wrote.
import { NAMED_KEYS } from './decode.ts';
import { KEY_TABLE, type KeyAction, type KeyEntry } from './table.ts';

export interface KeyBindings {
  /** The table with the keys that hold. */
  readonly entries: readonly KeyEntry[];
  entryOf(key: string): KeyEntry | undefined;
  /** The first key of an action, for the key bar and messages; undefined when it has none. */
  keyOf(action: KeyAction): string | undefined;
}

export type BindingResult =
  | { readonly kind: 'bound'; readonly bindings: KeyBindings }
  /** Each a sentence. */
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** These work in prompts too, and cannot be given away. */
const RESERVED: Readonly<Record<string, string>> = { 'ctrl-c': 'always quits' };
const MODIFIED = /^(?:(?:ctrl-|alt-|shift-)+)(.+)$/;

/** The keys as they are without a config. */
export const DEFAULT_BINDINGS: KeyBindings = bindingsOf(KEY_TABLE);

/** `given`: an object of action → key or list of keys, as it stands in the file. An empty list takes the key away. */
export function bindKeys(given: unknown): BindingResult {
  if (given === undefined) return { kind: 'bound', bindings: DEFAULT_BINDINGS };
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    return { kind: 'refused', problems: ['The keys are an object of actions and keys, e.g. {"kill": "x"}.'] };
  }
  const problems: string[] = [];
  const chosen = new Map<string, readonly string[]>();
  for (const [action, value] of Object.entries(given)) {
    if (!KEY_TABLE.some((entry) => entry.action === action)) {
      problems.push(`There is no action '${action}'${meant(action)}`);
      continue;
    }
    const keys: unknown[] = Array.isArray(value) ? value : [value];
    const wrong = keys.filter((key) => !isKey(key));
    if (wrong.length > 0) {
      problems.push(
        `'${String(wrong[0])}' for '${action}' is no key: write k, K, f5, ctrl-k, alt-k, space, enter, pageup …`,
      );
      continue;
    }
    chosen.set(action, keys.map(String));
  }
  const entries = KEY_TABLE.map((entry) => ({ ...entry, keys: chosen.get(entry.action) ?? entry.keys }));
  problems.push(...conflicts(entries));
  return problems.length > 0 ? { kind: 'refused', problems } : { kind: 'bound', bindings: bindingsOf(entries) };
}

function conflicts(entries: readonly KeyEntry[]): string[] {
  const taken = new Map<string, KeyAction>();
  const problems: string[] = [];
  for (const { action, keys } of entries) {
    for (const key of keys) {
      const other = taken.get(key);
      const reserved = RESERVED[key];
      if (reserved !== undefined) problems.push(`'${key}' cannot be bound to '${action}': it ${reserved}.`);
      else if (other !== undefined && other !== action)
        problems.push(`'${key}' is bound to both '${other}' and '${action}': give one of them another key.`);
      taken.set(key, action);
    }
  }
  return problems;
}

function bindingsOf(entries: readonly KeyEntry[]): KeyBindings {
  const byKey = new Map(entries.flatMap((entry) => entry.keys.map((key) => [key, entry] as const)));
  const byAction = new Map(entries.map((entry) => [entry.action, entry]));
  return { entries, entryOf: (key) => byKey.get(key), keyOf: (action) => byAction.get(action)?.keys[0] };
}

function isKey(key: unknown): key is string {
  if (typeof key !== 'string' || key === '') return false;
  if (NAMED_KEYS.has(key)) return true;
  const bare = MODIFIED.exec(key)?.[1];
  if (bare === undefined) return isCharacter(key);
  if (NAMED_KEYS.has(bare)) return true;
  return key.startsWith('ctrl-') ? /^ctrl-[a-gk-ln-z]$/.test(key) : key === `alt-${bare}` && isCharacter(bare);
}

/** Digits and letters, but also `ö`: one character that is seen. */
function isCharacter(text: string): boolean {
  return [...text].length === 1 && (text.codePointAt(0) ?? 0) > 32;
}

function meant(action: string): string {
  const near = KEY_TABLE.map((entry) => entry.action).find(
    (known) => known.startsWith(action) || action.startsWith(known) || known.endsWith(action),
  );
  return near === undefined
    ? `; there are ${KEY_TABLE.map((entry) => entry.action).join(', ')}.`
    : `; did you mean '${near}'?`;
}
