// Roles and frameworks in the order in which the next allocation visits them, and after them frameworks of which no order is known.
import type { ClusterView, FrameworkRow, ShareRow } from '../../view/model.ts';
import type { RowSource } from './rows.ts';

/** A line of the order: a role, or a framework in one. */
export interface Standing {
  readonly id: string;
  readonly share: Readonly<ShareRow> | undefined;
  readonly framework: Readonly<FrameworkRow> | undefined;
  /** As people call it. */
  readonly name: string;
  readonly depth: number;
  /** Place in the list as it came. */
  readonly index: number;
}

const remembered = new WeakMap<ClusterView, { readonly version: string; readonly standings: readonly Standing[] }>();

/** All of them, in that order. */
export function standings(view: ClusterView): readonly Standing[] {
  const version = `${view.version('roles')} ${view.version('frameworks')}`;
  const known = remembered.get(view);
  if (known?.version === version) return known.standings;
  const list: Standing[] = [];
  const placed = new Set<string>();
  for (const share of view.shares) {
    const { frameworkId, role } = share;
    const framework = frameworkId === undefined ? undefined : view.frameworks.get(frameworkId);
    if (frameworkId !== undefined) placed.add(frameworkId);
    list.push({
      id: frameworkId === undefined ? `r ${role}` : `f ${frameworkId} ${role}`,
      share,
      framework,
      name: frameworkId === undefined ? role : framework?.name || frameworkId,
      depth: role.split('/').length - (frameworkId === undefined ? 1 : 0),
      index: list.length,
    });
  }
  const others = [...view.frameworks.values()].filter(({ id }) => !placed.has(id));
  others.sort((one, other) => Number(one.state === 'completed') - Number(other.state === 'completed'));
  for (const framework of others) {
    list.push({
      id: `f ${framework.id}`,
      share: undefined,
      framework,
      name: framework.name || framework.id,
      depth: 0,
      index: list.length,
    });
  }
  remembered.set(view, { version, standings: list });
  return list;
}

/** The framework of a row's id; undefined for a role. */
export function frameworkOfStanding(id: string): string | undefined {
  return id.startsWith('f ') ? id.split(' ')[1] : undefined;
}

/** Who the next free resources are offered to first, as far as that is known. */
export function nextInOrder(view: ClusterView, many: number): readonly Standing[] {
  return standings(view)
    .filter(({ share }) => share?.kind === 'framework' && share.position !== undefined)
    .sort((one, other) => (one.share?.position ?? 0) - (other.share?.position ?? 0))
    .slice(0, many);
}

export const STANDING_SOURCE: RowSource<Standing> = {
  name: 'frameworks',
  all: standings,
  version: (view) => `${view.version('roles')} ${view.version('frameworks')}`,
  id: ({ id }) => id,
  text: ({ name, share, framework }) =>
    [
      name,
      ...(share === undefined ? (framework?.roles ?? []) : [share.role]),
      framework?.state ?? 'role',
      framework?.user ?? '',
      framework?.hostname ?? '',
      framework?.id ?? '',
      share?.reason ?? '',
    ].join('\n'),
  isFault: ({ framework }) =>
    framework !== undefined && framework.state !== 'active' && framework.state !== 'completed',
  sortBy: {
    order: ({ index }) => index,
    name: ({ name }) => name,
    share: ({ share }) => share?.dominantShare,
    cpus: ({ share, framework }) => share?.allocated.cpus ?? framework?.allocated.cpus,
    mem: ({ share, framework }) => share?.allocated.memMb ?? framework?.allocated.memMb,
    tasks: ({ framework }) => framework?.taskCount,
    filters: ({ share }) => share?.filterCount,
  },
};
