// How many instances: `5`, `+2`, `-1`, `x1.5`.
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';

/** A number, more or fewer than now, or a factor. */
export type Scale =
  | { readonly kind: 'to'; readonly instances: number }
  | { readonly kind: 'by'; readonly difference: number }
  | { readonly kind: 'times'; readonly factor: number };

/** Throws Problem `usage`. */
export function parseScale(text: string): Scale {
  if (/^\d{1,9}$/.test(text)) return { kind: 'to', instances: Number(text) };
  if (/^[+-]\d{1,9}$/.test(text)) return { kind: 'by', difference: Number(text) };
  if (/^x\d+(\.\d+)?$/.test(text)) return { kind: 'times', factor: Number(text.slice(1)) };
  throw new Problem(EXIT.usage, {
    what: `'${text}' is not a number of instances.`,
    why: 'Write 5, +2 (two more), -1 (one less) or x1.5 (half as many again).',
  });
}

/** Never below 0; factors round up, as groups do (marathon.md 5.2). Throws Problem `usage` for fewer than none. */
export function scaled(scale: Scale, present: number): number {
  switch (scale.kind) {
    case 'to':
      return scale.instances;
    case 'times':
      return Math.ceil(Math.round(present * scale.factor * 1e6) / 1e6);
    case 'by': {
      const target = present + scale.difference;
      if (target >= 0) return target;
      throw new Problem(EXIT.usage, {
        what: `There are only ${present} instances; ${-scale.difference} fewer cannot be had.`,
        next: 'Scale to 0 to stop it.',
      });
    }
  }
}
