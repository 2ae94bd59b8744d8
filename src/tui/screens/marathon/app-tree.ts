// Apps as a tree of groups, and as a plain list: the tree while nothing narrows or orders it otherwise.
import type { Place } from '../../ui/state.ts';
import { addAmounts, noAmounts } from '../../view/amounts.ts';
import type { AppRow, ClusterView } from '../../view/model.ts';
import type { RowSource } from '../lists/rows.ts';

/** A group or an app. Of groups the sums. */
export interface AppTreeRow {
  /** Of a group with a slash at the end, so that an app of the same name is another row. */
  readonly id: string;
  readonly depth: number;
  readonly name: string;
  /** Undefined for groups. */
  readonly app: Readonly<AppRow> | undefined;
  readonly apps: number;
  readonly instances: number;
  readonly running: number;
  readonly healthy: number;
  readonly unhealthy: number;
  readonly staged: number;
  readonly cpus: number;
  readonly memMb: number;
}

/** Is this one of the tree's group rows? */
export function isGroupId(id: string): boolean {
  return id.endsWith('/');
}

/** Something an operator should look at. */
export function isTroubled({ unhealthy, waitsFor, running, instances, deploymentIds }: Readonly<AppRow>): boolean {
  return unhealthy > 0 || waitsFor !== undefined || (running < instances && deploymentIds.length === 0);
}

export function isTree({ filter, onlyFaults, sort }: Place): boolean {
  return filter === '' && !onlyFaults && (sort === undefined || (sort.column === 'id' && !sort.isDescending));
}

export const TREE: RowSource<AppTreeRow> = {
  name: 'app tree',
  all: treeRows,
  version: (view) => String(view.version('apps')),
  id: ({ id }) => id,
  text: ({ id }) => id,
  isFault: ({ app }) => app !== undefined && isTroubled(app),
  sortBy: {},
};

export const FLAT: RowSource<AppTreeRow> = {
  name: 'apps',
  *all({ apps }) {
    for (const app of apps.values()) yield rowOf(app, app.id, 0);
  },
  version: (view) => String(view.version('apps')),
  id: ({ id }) => id,
  text: ({ id, app }) =>
    [id, ...Object.entries(app?.labels ?? {}).map(([name, value]) => `${name}=${value}`), app?.waitsFor ?? ''].join(
      '\n',
    ),
  isFault: ({ app }) => app !== undefined && isTroubled(app),
  sortBy: {
    id: ({ id }) => id,
    instances: ({ instances }) => -instances,
    running: ({ running }) => -running,
    missing: ({ instances, running }) => running - instances,
    unhealthy: ({ unhealthy }) => -unhealthy,
    cpus: ({ cpus }) => -cpus,
    mem: ({ memMb }) => -memMb,
    changed: ({ app }) => (app?.versionMs === undefined ? undefined : -app.versionMs),
  },
};

function rowOf(app: Readonly<AppRow>, name: string, depth: number): AppTreeRow {
  const { id, instances, running, healthy, unhealthy, staged, amounts } = app;
  return {
    id,
    depth,
    name,
    app,
    apps: 1,
    instances,
    running,
    healthy,
    unhealthy,
    staged,
    cpus: amounts.cpus,
    memMb: amounts.memMb,
  };
}

interface Group {
  readonly groups: Map<string, Group>;
  readonly apps: AppTreeRow[];
}

function treeRows({ apps }: ClusterView): Iterable<AppTreeRow> {
  const root: Group = { groups: new Map(), apps: [] };
  for (const app of apps.values()) {
    const path = app.id.split('/').filter((part) => part !== '');
    let group = root;
    for (const part of path.slice(0, -1)) {
      const below = group.groups.get(part) ?? { groups: new Map(), apps: [] };
      group.groups.set(part, below);
      group = below;
    }
    group.apps.push(rowOf(app, path.at(-1) ?? app.id, path.length - 1));
  }
  return flatten(root, '/', 0);
}

/** Groups first, each before what is in it. */
function flatten(group: Group, path: string, depth: number): AppTreeRow[] {
  const rows: AppTreeRow[] = [];
  for (const [name, below] of [...group.groups].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const inside = flatten(below, `${path}${name}/`, depth + 1);
    rows.push(summed(`${path}${name}/`, name, depth, inside), ...inside);
  }
  rows.push(...group.apps.sort((one, other) => (one.name < other.name ? -1 : 1)));
  return rows;
}

function summed(id: string, name: string, depth: number, inside: readonly AppTreeRow[]): AppTreeRow {
  const amounts = noAmounts();
  const sums = { apps: 0, instances: 0, running: 0, healthy: 0, unhealthy: 0, staged: 0 };
  for (const row of inside) {
    if (row.app === undefined) continue;
    addAmounts(amounts, { ...noAmounts(), cpus: row.cpus, memMb: row.memMb });
    sums.apps += 1;
    for (const count of ['instances', 'running', 'healthy', 'unhealthy', 'staged'] as const) sums[count] += row[count];
  }
  return { id, depth, name, app: undefined, ...sums, cpus: amounts.cpus, memMb: amounts.memMb };
}
