// What the four kinds of actions have in common (marathon.md 12.3).
import type { MarathonCore } from '../../core.ts';
import type { InstanceId } from '../../model/instance.ts';

/** What actions use of the rest of Marathon. */
export type ActionParts = Pick<
  MarathonCore,
  'world' | 'instances' | 'kills' | 'backOffs' | 'health' | 'readiness' | 'events'
>;

/**
 * One action at work. Nothing it knows is durable: made anew at any moment, it reads from the instances how far the work
 * has come. It may throw; then it is stopped, and after a while another one is made in its place.
 */
export interface ActionMachine {
  /** An instance of the app, or what its checks say, may have changed. Only takes note; costs the same for any app. */
  look(id: InstanceId): void;
  /** Does what is to be done now. True when the action is done. Called once after any number of looks and wakes. */
  act(): boolean;
  /** What it waits for in plain words, one a list entry. */
  waitsFor(): string[];
  /** Cancels timers and watches; instances stay as they are. */
  stop(): void;
}

/** Makes a machine; it calls `wake` when time has come to act other than by a look. */
export interface MachineContext {
  readonly parts: ActionParts;
  readonly wake: () => void;
}

/** "waits for X to end" or "3 instances have not ended yet". */
export function someOf(
  ids: readonly InstanceId[],
  texts: { readonly one: (id: InstanceId) => string; readonly many: (count: number) => string },
): string[] {
  const [first] = ids;
  if (first === undefined) return [];
  return [ids.length === 1 ? texts.one(first) : texts.many(ids.length)];
}
