// Some of a set of siblings stay in the order of fairness while the shares of single ones change.
import { describe, expect, it } from 'vitest';
import { ClusterTotals } from '../../../src/allocator/sorter/cluster-totals.ts';
import { Competitor } from '../../../src/allocator/sorter/fair-order.ts';
import { FairSelection } from '../../../src/allocator/sorter/fair-selection.ts';
import { Resources } from '../../../src/mesos/resources.ts';

class Sibling extends Competitor {}

/** Of ten cpus each sibling holds so many; listed in order. */
function selectionOf(held: Readonly<Record<string, number>>) {
  const totals = new ClusterTotals();
  totals.change(Resources.parse('cpus:10'), 1);
  const selection = new FairSelection<string>(totals);
  const siblings = new Map<string, Sibling>();
  const give = (path: string, cpus: number): void => {
    siblings.get(path)?.held.add(totals, Resources.parse(`cpus:${cpus}`), 1);
  };
  for (const [path, cpus] of Object.entries(held)) {
    const sibling = new Sibling(path);
    siblings.set(path, sibling);
    give(path, cpus);
    sibling.share = totals.share(sibling.held.vector, sibling.weight);
    selection.append(path, sibling);
  }
  return { selection, siblings, give };
}

describe('a selection of siblings', () => {
  it('is kept in the order of shares when one of them was given something', () => {
    const { selection, give } = selectionOf({ a: 0, b: 1, c: 2 });
    give('a', 1.5);
    selection.move('a');
    expect(selection.members()).toEqual(['b', 'a', 'c']);
    give('a', 9);
    selection.move('a');
    expect(selection.members()).toEqual(['b', 'c', 'a']);
  });

  it('puts who was chosen more often, then who is later by name, behind one of the same share', () => {
    const { selection, siblings, give } = selectionOf({ a: 0, b: 1, c: 1 });
    give('a', 1);
    selection.move('a');
    expect(selection.members()).toEqual(['a', 'b', 'c']);
    const a = siblings.get('a');
    if (a !== undefined) a.count = 1;
    selection.move('a');
    expect(selection.members()).toEqual(['b', 'c', 'a']);
  });

  it('weighs shares', () => {
    const { selection, siblings, give } = selectionOf({ a: 0, b: 1 });
    const a = siblings.get('a');
    if (a !== undefined) a.weight = 4;
    give('a', 3);
    selection.move('a');
    expect(selection.members()).toEqual(['a', 'b']);
  });

  it('forgets who is dropped, and does not mind who is not in it', () => {
    const { selection, siblings } = selectionOf({ a: 0, b: 1 });
    expect(selection.drop('a')).toBe(siblings.get('a'));
    expect(selection.drop('a')).toBeUndefined();
    selection.move('a');
    expect(selection.members()).toEqual(['b']);
  });
});
