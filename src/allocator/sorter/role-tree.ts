// The tree of roles (mesos-semantics.md 3.2). Every role with frameworks is a leaf, so that it competes with its siblings;
// one that has sub-roles too gets a virtual leaf named "." beneath it, which competes with those.
import type { Resources } from '../../mesos/resources.ts';
import type { FrameworkUnderRole } from '../framework.ts';
import type { QuotaLedger } from '../quota/ledger.ts';
import type { RoleAccount } from '../quota/role-account.ts';
import type { ClusterTotals, Quantities } from './cluster-totals.ts';
import { Competitor, FairOrder } from './fair-order.ts';
import { FairSelection } from './fair-selection.ts';

const VIRTUAL_LEAF = '.';

/** A role that frameworks are tracked under. */
export class TrackedRole {
  readonly path: string;
  /** All of them, by framework id. */
  readonly frameworks = new Map<string, FrameworkUnderRole>();
  /** Those that want offers: connected, subscribed, not suppressed. */
  readonly order: FairOrder<FrameworkUnderRole>;
  /** Of the top-level role: what it may have. */
  readonly account: RoleAccount;
  /** Frameworks that bring minimum sizes of their own. */
  ownMinimums = 0;

  constructor(path: string, totals: ClusterTotals, account: RoleAccount) {
    this.path = path;
    this.order = new FairOrder(totals);
    this.account = account;
  }
}

class RoleNode extends Competitor {
  readonly name: string;
  parent: RoleNode | undefined;
  /** On leaves only. */
  role: TrackedRole | undefined;
  readonly children = new Map<string, RoleNode>();
  readonly order: FairOrder<RoleNode>;
  /** See RoleTree.setWeight. */
  isWeightFixed = false;

  constructor(name: string, parent: RoleNode | undefined, totals: ClusterTotals) {
    super(parent === undefined || parent.path === '' ? name : `${parent.path}/${name}`);
    this.name = name;
    this.parent = parent;
    this.order = new FairOrder(totals);
  }
}

/** A role as it stands among its siblings. */
export interface RoleStanding {
  /** Of the node; of the role itself where frameworks are directly in it. */
  readonly path: string;
  readonly competitor: Competitor;
  /** The frameworks that are directly in this role and compete here: undefined where it only has sub-roles, or both. */
  readonly role: TrackedRole | undefined;
  /** What a role with sub-roles is itself, as one more of its sub-roles. */
  readonly isVirtual: boolean;
}

/** Roles appear with their first framework, with all ancestors, and go with the last one. Weights stay. */
export class RoleTree {
  readonly #totals: ClusterTotals;
  readonly #quota: QuotaLedger;
  readonly #root: RoleNode;
  readonly #leaves = new Map<string, RoleNode>();
  readonly #weights = new Map<string, number>();
  /** Came to be since the last run, and are still there: with no agents there are no runs, and roles come and go. */
  readonly #unweighed = new Set<RoleNode>();
  /** Grows with every weight that is set. */
  version = 0;

  constructor(totals: ClusterTotals, quota: QuotaLedger) {
    this.#totals = totals;
    this.#quota = quota;
    this.#root = new RoleNode('', undefined, totals);
  }

  get(path: string): TrackedRole | undefined {
    return this.#leaves.get(path)?.role;
  }

  /** The role, tracked from now on if it was not. */
  track(path: string): TrackedRole {
    const known = this.get(path);
    if (known !== undefined) return known;
    let node = this.#root;
    let isNew = false;
    for (const name of path.split('/')) {
      const child = node.children.get(name);
      isNew = child === undefined;
      if (isNew && node.role !== undefined) this.#sinkLeaf(node);
      node = child ?? this.#addChild(node, name);
    }
    const leaf = isNew ? node : node.role === undefined ? this.#addChild(node, VIRTUAL_LEAF) : node;
    const account = this.#quota.account(path);
    account.trackedRoles += 1;
    const role = new TrackedRole(path, this.#totals, account);
    leaf.role = role;
    this.#leaves.set(path, leaf);
    return role;
  }

  /** Forgets a role that holds nothing any more. */
  untrack(role: TrackedRole): void {
    let node = this.#leaves.get(role.path);
    if (node === undefined) return;
    role.account.trackedRoles -= 1;
    this.#quota.dropIfUnused(role.account);
    this.#leaves.delete(role.path);
    node.role = undefined;
    while (node.parent !== undefined) {
      const parent: RoleNode = node.parent;
      if (node.children.size === 0 && node.role === undefined) {
        parent.order.remove(node);
        parent.children.delete(node.name);
        this.#unweighed.delete(node);
      } else if (node.children.size === 1) {
        this.#liftVirtualLeaf(node);
      }
      node = parent;
    }
  }

  /**
   * Resources were given to (`sign` 1) or came back from (-1) the role; `counted` answers which of them count for one of the
   * nodes, given its path and whether that stands for what is beneath it too.
   */
  change(role: TrackedRole, sign: 1 | -1, counted: (path: string, isSubtree: boolean) => Resources): void {
    let node = this.#leaves.get(role.path);
    while (node?.parent !== undefined) {
      const changing = node;
      const isSubtree = node.name !== VIRTUAL_LEAF;
      node.parent.order.change(node, () => {
        changing.held.add(this.#totals, counted(isSubtree ? changing.path : role.path, isSubtree), sign);
        if (sign > 0) changing.count += 1;
      });
      node = node.parent;
    }
  }

  /**
   * `isAtOnce` false is what the original does, and recordings show: a node looks its weight up once, in the first run after it
   * came to be, and later changes reach it only while frameworks are tracked under exactly this role. So the weight of `a` set
   * while there is only `a/b` waits until `a` goes and comes back.
   */
  setWeight(path: string, weight: number, isAtOnce: boolean): void {
    this.#weights.set(path, weight);
    this.version += 1;
    const leaf = this.#leaves.get(path);
    const node = leaf === undefined ? this.#find(path) : leaf.name === VIRTUAL_LEAF ? leaf.parent : leaf;
    if (node?.parent === undefined || (leaf === undefined && node.isWeightFixed && !isAtOnce)) return;
    node.parent.order.change(node, () => {
      node.weight = weight;
    });
    node.isWeightFixed = true;
  }

  /** A run is about to look at the order. */
  fixWeights(): void {
    for (const node of this.#unweighed) node.isWeightFixed = true;
    this.#unweighed.clear();
  }

  weight(path: string): number {
    return this.#weights.get(path) ?? 1;
  }

  /** Visits leaves in order until `visit` says true; says whether it did. The tree must not change meanwhile. */
  visit(visit: (role: TrackedRole) => boolean): boolean {
    return visitBeneath(this.#root, visit);
  }

  /**
   * Roles with frameworks that want offers, each with its part of all chances: at every level siblings share by weight what
   * their parent has.
   */
  chances(): ReadonlyMap<TrackedRole, number> {
    const chances = new Map<TrackedRole, number>();
    const divide = (node: RoleNode, chance: number): void => {
      if (node.role !== undefined) chances.set(node.role, chance);
      const taking = [...node.children.values()].filter(takesPart);
      const sum = taking.reduce((total, { weight }) => total + weight, 0);
      for (const child of taking) divide(child, (chance * child.weight) / sum);
    };
    divide(this.#root, 1);
    return chances;
  }

  /** Top-level roles with frameworks of their own, of those that `keep` says yes to, in order. */
  topLevelInOrder(keep: (role: TrackedRole) => boolean): FairSelection<TrackedRole> {
    const selection = new FairSelection<TrackedRole>(this.#totals);
    for (const node of this.#root.order.entries()) {
      const role = node.role ?? node.children.get(VIRTUAL_LEAF)?.role;
      if (role !== undefined && keep(role)) selection.append(role, node);
    }
    return selection;
  }

  /** All roles in the order of a run, ancestors before what is beneath them; `previous` is the sibling before it. */
  visitAll(visit: (standing: RoleStanding, previous: Competitor | undefined) => void): void {
    const visitChildren = (node: RoleNode): void => {
      let previous: RoleNode | undefined;
      for (const child of node.order.entries()) {
        const isVirtual = child.name === VIRTUAL_LEAF;
        visit({ path: isVirtual ? node.path : child.path, competitor: child, role: child.role, isVirtual }, previous);
        visitChildren(child);
        previous = child;
      }
    };
    visitChildren(this.#root);
  }

  /** Every path with something beneath or at it, sorted. */
  paths(): string[] {
    const paths: string[] = [];
    const collect = (node: RoleNode): void => {
      if (node.name !== VIRTUAL_LEAF && node.parent !== undefined) paths.push(node.path);
      for (const child of node.children.values()) collect(child);
    };
    collect(this.#root);
    return paths.sort();
  }

  /** Of the whole subtree. */
  share(path: string): number {
    const node = this.#find(path);
    return node === undefined ? 0 : this.#totals.share(node.held.vector, node.weight);
  }

  /** What the whole subtree holds, offered or allocated; a shared volume counts once. Not to be changed. */
  held(path: string): Quantities | undefined {
    return this.#find(path)?.held;
  }

  /** The same of each top-level role. */
  *heldAtTop(): Iterable<Quantities> {
    for (const { held } of this.#root.children.values()) yield held;
  }

  #find(path: string): RoleNode | undefined {
    let node: RoleNode | undefined = this.#root;
    for (const name of path.split('/')) node = node?.children.get(name);
    return node;
  }

  #addChild(parent: RoleNode, name: string): RoleNode {
    const child = new RoleNode(name, parent, this.#totals);
    child.weight = name === VIRTUAL_LEAF ? 1 : this.weight(child.path);
    this.#unweighed.add(child);
    parent.children.set(name, child);
    parent.order.add(child);
    return child;
  }

  /**
   * `node` gets its first sub-role: what it was itself moves into a virtual leaf of weight 1. Both keep what was counted.
   * The node, new in the original's books, looks its weight up again.
   */
  #sinkLeaf(node: RoleNode): void {
    const { role } = node;
    if (role === undefined) return;
    const leaf = new RoleNode(VIRTUAL_LEAF, node, this.#totals);
    leaf.held = node.held.copy();
    leaf.count = node.count;
    leaf.role = role;
    node.role = undefined;
    node.children.set(VIRTUAL_LEAF, leaf);
    node.order.add(leaf);
    this.#leaves.set(role.path, leaf);
    if (!node.isWeightFixed) return;
    node.isWeightFixed = false;
    this.#unweighed.add(node);
    node.parent?.order.change(node, () => {
      node.weight = this.weight(node.path);
    });
  }

  /** The last sub-role went: the virtual leaf is all of `node` again, with the count of the subtree. */
  #liftVirtualLeaf(node: RoleNode): void {
    const leaf = node.children.get(VIRTUAL_LEAF);
    if (leaf?.role === undefined) return;
    node.role = leaf.role;
    node.order.remove(leaf);
    node.children.delete(VIRTUAL_LEAF);
    this.#unweighed.delete(leaf);
    this.#leaves.set(leaf.role.path, node);
  }
}

function visitBeneath(node: RoleNode, visit: (role: TrackedRole) => boolean): boolean {
  for (const block of node.order.blocks()) {
    for (const child of block) {
      if (child.role !== undefined ? visit(child.role) : visitBeneath(child, visit)) return true;
    }
  }
  return false;
}

function takesPart(node: RoleNode): boolean {
  if (node.role !== undefined) return node.role.order.size > 0;
  for (const child of node.children.values()) if (takesPart(child)) return true;
  return false;
}
