// In which order a run tries roles and frameworks: by fairness, or by lot (mesos-semantics.md 3.2, `--role_sorter`).
import type { FrameworkUnderRole } from './framework.ts';
import { type RandomNumber, weightedShuffle } from './sorter/random-order.ts';
import type { RoleTree, TrackedRole } from './sorter/role-tree.ts';

/** Of one run: who takes part does not change during it. */
export interface VisitingOrder {
  /** Visits roles until `visit` says true. */
  roles(visit: (role: TrackedRole) => boolean): void;
  /** Some top-level roles, given in the order of fairness. */
  someOf(roles: readonly TrackedRole[]): readonly TrackedRole[];
  /** Those of the role that want offers, block after block. */
  frameworks(role: TrackedRole): readonly (readonly FrameworkUnderRole[])[];
}

/** What the flags say. */
export interface SorterRules {
  readonly roleSorter: 'drf' | 'random';
  readonly frameworkSorter: 'drf' | 'random';
  readonly random: RandomNumber;
}

export function visitingOrder(tree: RoleTree, rules: SorterRules): VisitingOrder {
  const { random } = rules;
  const frameworks =
    rules.frameworkSorter === 'drf'
      ? (role: TrackedRole) => role.order.blocks()
      : (role: TrackedRole) => [weightedShuffle(role.order.entries(), () => 1, random)];
  if (rules.roleSorter === 'drf') {
    return { frameworks, someOf: (roles) => roles, roles: (visit) => void tree.visit(visit) };
  }
  const chances = tree.chances();
  return {
    frameworks,
    someOf: (roles) => weightedShuffle(roles, ({ path }) => tree.weight(path), random),
    roles: (visit) => void weightedShuffle([...chances], ([, chance]) => chance, random).some(([role]) => visit(role)),
  };
}
