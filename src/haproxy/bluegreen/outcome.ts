// How a deployment ended for whoever ran it.
import type { Colour } from './colours/colours.ts';

/**
 * Why it could not go on. `hook`: the pre-kill hook said no. `gone`: an app of it was removed by somebody else. The others
 * are those of a step that is stuck.
 */
export interface Trouble {
  readonly code: 'timed-out' | 'unreachable' | 'conflict' | 'hook' | 'gone';
  readonly why: string;
}

/** What is live is told as it was last seen, oldest first. */
export type Outcome =
  | { readonly kind: 'done'; readonly live: readonly Colour[]; readonly removed: readonly string[] }
  /** As it was before, because of the trouble. */
  | { readonly kind: 'rolled-back'; readonly live: readonly Colour[]; readonly trouble: Trouble }
  /** Half-way, and can be gone on with. `isRollingBack`: the trouble came on the way back. */
  | {
      readonly kind: 'stopped';
      readonly live: readonly Colour[];
      readonly trouble: Trouble;
      readonly isRollingBack: boolean;
    }
  | { readonly kind: 'interrupted'; readonly live: readonly Colour[] };
