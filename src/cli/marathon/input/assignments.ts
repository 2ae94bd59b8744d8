// `key=value …`: changes of an app on the command line. Keys are paths with dots, `env.PORT=80`; values are JSON where they
// read as JSON, and text elsewhere.
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';
import { isObject } from './apps.ts';

/** Members whose values are texts whatever they look like. */
const TEXTS = /^(cmd|user|role|executor|killSelection|id)$|^(env|labels)\./;

/**
 * The members that change, each whole: Marathon replaces objects such as `env` as a whole, so what `present` has there is
 * kept. `key=` removes a member of an object. Throws Problem `usage`.
 */
export function readAssignments(
  given: readonly string[],
  present: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const text of given) {
    const equals = text.indexOf('=');
    const key = text.slice(0, Math.max(0, equals));
    if (!/^[A-Za-z]\w*(\.[^.=]+)*$/.test(key) && !/^(env|labels)\..+$/.test(key)) {
      throw new Problem(EXIT.usage, {
        what: `'${text}' is not key=value.`,
        why: 'Write cpus=0.5, env.MODE=fast, labels.team= (removes it) or upgradeStrategy.maximumOverCapacity=0.5.',
      });
    }
    const [member = '', ...below] = pathOfKey(key);
    const value = parseValue(key, text.slice(equals + 1));
    if (below.length === 0) changed[member] = value;
    else changed[member] = withValue(changed[member] ?? present[member] ?? {}, below, value, key);
  }
  return changed;
}

/** Names of environment variables and labels may have dots. */
function pathOfKey(key: string): string[] {
  const first = /^(env|labels)\.(.+)$/.exec(key);
  return first === null ? key.split('.') : [first[1] ?? '', first[2] ?? ''];
}

function withValue(object: unknown, path: readonly string[], value: unknown, key: string): unknown {
  const [member = '', ...below] = path;
  if (Array.isArray(object) && /^\d+$/.test(member)) {
    const index = Number(member);
    if (index > object.length) throw new Problem(EXIT.usage, { what: `${key}: there is no element ${index}.` });
    const item: unknown = below.length === 0 ? value : withValue(object[index] ?? {}, below, value, key);
    return object.toSpliced(index, 1, item);
  }
  if (!isObject(object)) {
    throw new Problem(EXIT.usage, { what: `${key} cannot be set.`, why: 'What it stands in is no object.' });
  }
  if (below.length > 0) return { ...object, [member]: withValue(object[member] ?? {}, below, value, key) };
  const { [member]: _, ...others } = object;
  return value === '' ? others : { ...others, [member]: value };
}

function parseValue(key: string, text: string): unknown {
  if (TEXTS.test(key)) return text;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text; // a bare word is a text
  }
}
