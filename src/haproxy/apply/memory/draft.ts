// The state while a turn works on it: told what happened as soon as it happened, and written at the turn's end.
import type { Files } from '../../plan/plan-change.ts';
import { filesHash } from '../compose.ts';
import type { State } from './state-file.ts';

/** Begins as what the last turn left. */
export type Draft = { -readonly [Key in keyof State]: State[Key] };

/** HAProxy runs with these. */
export function noteApplied(draft: Draft, files: Files, nowMs: number): void {
  draft.applied = { hash: filesHash(files), atMs: nowMs };
  delete draft.refused;
}
