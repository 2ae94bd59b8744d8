// Whether services wait for each other in a circle (marathon.md 3.6 rule 38). Groups are nodes of the walk as much as
// apps, so that a group depending on a group costs their members, not every pair of them.
import { type PathId, parentOf, ROOT } from '../../model/path-id.ts';
import type { RootGroup } from '../../model/root-group.ts';

/** An app; what all members of a group inherit from it; or all members of a group as the target of a dependency. */
type Node = `app ${string}` | `inherit ${string}` | `target ${string}`;

interface Visit {
  readonly node: Node;
  readonly order: number;
  lowest: number;
  readonly pending: Iterator<Node>;
}

/**
 * Whether a circle can be reached from the given apps and groups: every new circle goes through a changed app, an added
 * one, or a group whose dependencies changed. Costs what they depend on, directly or not.
 */
export function hasCycle(root: RootGroup, apps: Iterable<PathId>, groups: Iterable<PathId>): boolean {
  const walk = new CycleWalk(root);
  for (const id of apps) if (walk.finds(`app ${id}`)) return true;
  for (const id of groups) if (walk.finds(`inherit ${id}`)) return true;
  return false;
}

/** Tarjan's strongly connected components, without recursion: chains of dependencies may be long. */
class CycleWalk {
  readonly #root: RootGroup;
  readonly #orders = new Map<Node, number>();
  readonly #component: Node[] = [];
  readonly #open = new Set<Node>();

  constructor(root: RootGroup) {
    this.#root = root;
  }

  finds(start: Node): boolean {
    if (this.#orders.has(start)) return false;
    const path = [this.#enter(start)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { value: next, done } = top.pending.next();
      if (done !== true) {
        const seen = this.#orders.get(next);
        if (seen === undefined) path.push(this.#enter(next));
        else if (this.#open.has(next)) top.lowest = Math.min(top.lowest, seen);
        continue;
      }
      path.pop();
      const below = path.at(-1);
      if (below !== undefined) below.lowest = Math.min(below.lowest, top.lowest);
      // A circle of one app is a service in a group it depends on: it does not wait for itself.
      if (top.lowest === top.order && this.#leave(top.node) > 1) return true;
    }
    return false;
  }

  #enter(node: Node): Visit {
    const order = this.#orders.size;
    this.#orders.set(node, order);
    this.#component.push(node);
    this.#open.add(node);
    return { node, order, lowest: order, pending: this.#next(node) };
  }

  /** Number of apps among those that reach each other. */
  #leave(first: Node): number {
    let apps = 0;
    for (let node = this.#component.pop(); node !== undefined; node = this.#component.pop()) {
      this.#open.delete(node);
      if (node.startsWith('app ')) apps += 1;
      if (node === first) break;
    }
    return apps;
  }

  *#next(node: Node): Generator<Node> {
    const at = node.indexOf(' ');
    const id = node.slice(at + 1) as PathId;
    const group = this.#root.groups.get(id);
    if (node.startsWith('target ')) {
      for (const member of group?.apps ?? []) yield `app ${member}`;
      for (const member of group?.groups ?? []) yield `target ${member}`;
      return;
    }
    const dependencies = node.startsWith('app ') ? this.#root.apps.get(id)?.dependencies : group?.dependencies;
    for (const target of dependencies ?? []) {
      if (this.#root.apps.has(target)) yield `app ${target}`;
      if (this.#root.groups.has(target)) yield `target ${target}`;
    }
    if (id !== ROOT) yield `inherit ${parentOf(id) ?? ROOT}`;
  }
}
