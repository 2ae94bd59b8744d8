// What storing, running and killing refuse, thrown from wherever it is found out; http/ makes the answer of it.
import type { RefusalCode } from './core.ts';

/** `message` is one line for people, and all that they are told. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** chronos.md 7.5, 8.6: the answer to it is 400, as it was. */
export const unknownJob = (name: string): Refusal => new Refusal('unknown-job', `job '${name}' not found`);

/** chronos.md 6.11. */
export const unknownParents = (job: string, parents: readonly string[]): Refusal =>
  new Refusal(
    'unknown-parent',
    `job '${job}' cannot depend on what is not there: ${parents.map((name) => `'${name}'`).join(', ')}`,
  );

/** chronos.md 6.10; `cycle`: names from parent to child, the first one again at the end. */
export const cycleOf = (cycle: readonly string[]): Refusal =>
  new Refusal('cycle', `jobs would depend on themselves: ${cycle.join(' → ')}`);
