// While rows are looked for longer than somebody should wait: how long each turn may take, and what has to wait for them.
import type { Clock } from '../../world/world.ts';
import type { KeyBindings } from '../keys/bindings.ts';
import type { Input } from '../keys/decode.ts';
import type { Patience } from '../screens/lists/large/patience.ts';
import type { UiState } from '../ui/state.ts';

/** After a key: then it is painted at least what was typed. */
export const KEY_MS = 20;
/** Each turn after that, so that the next key is not kept waiting. */
export const SLICE_MS = 8;
/** How far it has come is painted so often. */
export const PROGRESS_MS = 200;
/** A filter that takes longer is taken back. */
export const LIMIT_MS = 10_000;

/** `ms` from now. */
export function patienceOf(clock: Clock, ms: number): Patience {
  const untilMs = clock.monotonicMs() + ms;
  return { isOver: () => clock.monotonicMs() >= untilMs };
}

/** Does it act on rows? Those that are shown are not the ones that are meant: nobody kills what they have not seen. */
export function actsOnRows(input: Input, { prompt }: UiState, bindings: KeyBindings): boolean {
  if (prompt !== undefined) return prompt.kind === 'command' && input.kind === 'key' && input.name === 'enter';
  if (input.kind === 'mouse') return true;
  const entry = input.kind === 'key' ? bindings.entryOf(input.name) : undefined;
  if (entry === undefined || entry.action === 'back' || entry.action === 'last') return false;
  return entry.group === 'acting' || entry.group === 'moving';
}

/** Does it give up what is looked for, with all that waits for it? */
export function givesUp(input: Input, { prompt }: UiState, bindings: KeyBindings): boolean {
  if (input.kind !== 'key') return false;
  if (input.name === 'esc' || input.name === 'ctrl-c') return true;
  return prompt === undefined && bindings.entryOf(input.name)?.action === 'back';
}
