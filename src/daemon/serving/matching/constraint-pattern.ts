// Patterns of LIKE and UNLIKE (marathon.md 13.6). They come from users, so they are of the language that matches in linear
// time, and what was found out for a value is remembered: the same host names come back with every offer.
import { compilePattern, type Pattern } from '../../../mesos/text/pattern.ts';
import { PatternError } from '../../../mesos/text/pattern-syntax.ts';

/** Steps of a compiled pattern: a list of some thousand host names fits. */
const MAX_INSTRUCTIONS = 20_000;
/** Characters of a pattern. */
const MAX_LENGTH = 16_384;
/** Values remembered per pattern; then afresh. */
const MAX_REMEMBERED = 4_096;

/**
 * Whether a whole text matches; for validation as well as for matching. RE2's language: no look-ahead, no back references.
 * Throws PatternError with the reason in its message.
 */
export function compileConstraintPattern(regex: string): Pattern {
  if (regex.length > MAX_LENGTH) throw new PatternError(`longer than ${MAX_LENGTH} characters`);
  const pattern = compilePattern(regex, MAX_INSTRUCTIONS);
  const known = new Map<string, boolean>();
  return (text) => {
    const remembered = known.get(text);
    if (remembered !== undefined) return remembered;
    const matches = pattern(text);
    if (known.size >= MAX_REMEMBERED) known.clear();
    known.set(text, matches);
    return matches;
  };
}
