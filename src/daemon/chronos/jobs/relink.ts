// What becomes of a job's children when it is removed (chronos.md 7.6, 7.7). Pure.
import type { Job } from '../model/job.ts';
import { isComplete, withoutSet } from './successes.ts';

/**
 * The child without that parent. It inherits the parents of a dependent one; of a scheduled one it becomes the heir, with its schedule and its
 * place in it, when it has no other parent. All else of the child stays.
 */
export function withoutParent(child: Job, removed: Job): Job {
  const { when } = child.definition;
  if (when.kind !== 'dependent') return child;
  const { name, when: removedWhen } = removed.definition;
  const inherited = removedWhen.kind === 'dependent' ? removedWhen.parents : [];
  const parents = [...new Set([...when.parents.filter((parent) => parent !== name), ...inherited])].sort();
  if (parents.length === 0 && removedWhen.kind === 'scheduled') {
    const { next, uncounted } = removed;
    const definition = { ...child.definition, when: removedWhen };
    return { ...child, definition, successesOf: {}, next, ...(uncounted !== undefined && { uncounted }) };
  }
  const definition = { ...child.definition, when: { kind: 'dependent', parents } as const };
  let successesOf: Job['successesOf'] = Object.fromEntries(
    Object.entries(child.successesOf).filter(([parent]) => when.parents.includes(parent) && parent !== name),
  );
  // An edit starts nothing: sets that are complete only because the slow parent is gone are dropped.
  while (isComplete(successesOf, parents)) successesOf = withoutSet(successesOf, parents);
  return { ...child, definition, successesOf };
}
