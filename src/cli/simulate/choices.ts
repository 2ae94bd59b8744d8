// What the flags of `mctl simulate` choose instead of the file.
import { policyOf } from '../../workload/input/read.ts';
import type { Policy, PolicyKind } from '../../workload/workload.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';

const KINDS: readonly PolicyKind[] = ['static', 'drf', 'random'];

/** Throws Problem `usage`. */
export function policiesOf(given: readonly string[] | undefined): Policy[] | undefined {
  return given?.map((word, index) => {
    const kind = KINDS.find((known) => known === word.trim());
    if (kind === undefined || given.indexOf(word) < index) {
      throw new Problem(EXIT.usage, {
        what: kind === undefined ? `--compare: '${word}' is no policy.` : `--compare: ${word} is there twice.`,
        why: `There are ${KINDS.join(', ')}.`,
        next: 'mctl simulate <file> --compare static,drf',
      });
    }
    return policyOf(kind);
  });
}
