// The tree of roles in its plainest form (mesos-semantics.md 3.2): which nodes there are follows from which roles are in use.
// A node keeps two things from one moment to the next: how often it was chosen, and which weight it found.
import { withAncestors } from '../../../src/mesos/resources/roles.ts';

interface Node {
  count: number;
  weight: number;
  /** It has looked its weight up in a run: see RoleTree.setWeight. */
  isWeightFixed: boolean;
}

export interface Place {
  /** `a/.` stands for what `a` is itself, where it has sub-roles too. */
  readonly path: string;
  readonly count: number;
  readonly weight: number;
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

export class RoleNodes {
  readonly weights = new Map<string, number>();
  #nodes = new Map<string, Node>();
  /** By the path of the role they stand for. */
  #virtual = new Map<string, number>();
  #tracked: ReadonlySet<string> = new Set();
  #children = new Map<string, string[]>();

  /** These roles are in use now, and no others. */
  use(tracked: ReadonlySet<string>): void {
    const same = tracked.size === this.#tracked.size && [...tracked].every((role) => this.#tracked.has(role));
    if (same) return;
    const wasTracked = this.#tracked;
    const children = this.#children;
    this.#tracked = tracked;
    const paths = [...new Set([...tracked].flatMap((role) => [...withAncestors(role)]))];
    this.#children = new Map();
    for (const path of paths) {
      const siblings = this.#children.get(parentOf(path));
      if (siblings === undefined) this.#children.set(parentOf(path), [path]);
      else siblings.push(path);
    }
    const nodes = new Map<string, Node>();
    const virtual = new Map<string, number>();
    for (const path of paths) {
      const known = this.#nodes.get(path);
      const node = known ?? { count: 0, weight: this.weights.get(path) ?? 1, isWeightFixed: false };
      const wasLeaf = wasTracked.has(path) && !children.has(path);
      const sinks = wasLeaf && this.#children.has(path);
      if (sinks && node.isWeightFixed) {
        node.weight = this.weights.get(path) ?? 1;
        node.isWeightFixed = false;
      }
      nodes.set(path, node);
      if (!tracked.has(path) || !this.#children.has(path)) continue;
      virtual.set(path, sinks ? node.count : (this.#virtual.get(path) ?? 0));
    }
    this.#nodes = nodes;
    this.#virtual = virtual;
  }

  /** `isAtOnce`: see AllocatorOptions.weightsReachSubtrees. */
  setWeight(path: string, weight: number, isAtOnce: boolean): void {
    this.weights.set(path, weight);
    const node = this.#nodes.get(path);
    if (node === undefined || (node.isWeightFixed && !isAtOnce && !this.#tracked.has(path))) return;
    node.weight = weight;
    node.isWeightFixed = true;
  }

  fixWeights(): void {
    for (const node of this.#nodes.values()) node.isWeightFixed = true;
  }

  /** Something was given to the role. */
  count(role: string): void {
    const virtual = this.#virtual.get(role);
    if (virtual !== undefined) this.#virtual.set(role, virtual + 1);
    for (const path of withAncestors(role)) {
      const node = this.#nodes.get(path);
      if (node !== undefined) node.count += 1;
    }
  }

  /** Those that compete beneath `path` (the root: an empty one). */
  competitors(path: string): Place[] {
    const places: Place[] = (this.#children.get(path) ?? []).map((child) => {
      const { count = 0, weight = 1 } = this.#nodes.get(child) ?? {};
      return { path: child, count, weight };
    });
    const count = this.#virtual.get(path);
    if (count !== undefined) places.push({ path: `${path}/.`, count, weight: 1 });
    return places;
  }

  isLeaf(path: string): boolean {
    return !this.#children.has(path);
  }

  isTracked(role: string): boolean {
    return this.#tracked.has(role);
  }

  get paths(): string[] {
    return [...this.#nodes.keys()].sort();
  }

  weightOf(path: string): number {
    return this.#nodes.get(path)?.weight ?? 1;
  }
}
