// In which order apps are changed: what others depend on comes first (marathon.md 12.1).
import type { PathId } from '../model/path-id.ts';
import { dependenciesOf, type RootGroup } from '../model/root-group.ts';

/**
 * Groups `ids` (apps of `root`) by the length of their longest chain of dependencies, shortest first; apps that are not
 * in `ids` count as links of a chain. Costs what the chains hold, not what the root does. Throws on a circle: validation
 * has refused those.
 */
export function layersOf(root: RootGroup, ids: readonly PathId[]): PathId[][] {
  const depths = depthsOf(root, ids);
  const layers = new Map<number, PathId[]>();
  for (const id of ids) {
    const depth = depths.get(id) ?? 0;
    const layer = layers.get(depth);
    if (layer === undefined) layers.set(depth, [id]);
    else layer.push(id);
  }
  return [...layers].sort(([a], [b]) => a - b).map(([, layer]) => layer);
}

interface Visit {
  readonly id: PathId;
  readonly dependencies: readonly PathId[];
  next: number;
  depth: number;
}

/** Depth first, with a stack of its own: chains may be longer than the engine's. */
function depthsOf(root: RootGroup, ids: readonly PathId[]): ReadonlyMap<PathId, number> {
  const depths = new Map<PathId, number>();
  const open = new Set<PathId>();
  for (const start of ids) {
    const stack: Visit[] = depths.has(start) ? [] : [visit(root, start, open)];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const dependency = top.dependencies[top.next];
      const known = dependency === undefined ? undefined : depths.get(dependency);
      if (dependency === undefined) {
        depths.set(top.id, top.depth);
        open.delete(top.id);
        stack.pop();
      } else if (known !== undefined) {
        top.depth = Math.max(top.depth, known + 1);
        top.next += 1;
      } else {
        stack.push(visit(root, dependency, open));
      }
    }
  }
  return depths;
}

function visit(root: RootGroup, id: PathId, open: Set<PathId>): Visit {
  if (open.has(id)) throw new Error(`the dependencies of ${id} lead back to it`);
  open.add(id);
  const app = root.apps.get(id);
  return { id, dependencies: app === undefined ? [] : [...dependenciesOf(root, app)], next: 0, depth: 0 };
}
