// `mctl context list|show`.
import type { View } from '../output/view.ts';
import type { ContextConfig } from './config-file.ts';
import type { LocalCluster, Target } from './resolve.ts';

/** Saved contexts and local clusters; `chosen` is the one in use. */
export function contextListView(
  config: ContextConfig,
  running: readonly LocalCluster[],
  chosen: string | undefined,
): View {
  const local = running.filter(({ name }) => !config.contexts.has(name));
  const rows = [
    ...[...config.contexts].map(([name, { masters }]) => ({ name, masters, kind: 'saved' })),
    ...local.map(({ name, masters }) => ({ name, masters, kind: 'local cluster' })),
  ].map((row) => ({ ...row, current: row.name === chosen }));
  return {
    data: rows,
    names: rows.map(({ name }) => name),
    body: {
      kind: 'table',
      columns: [{ title: '' }, { title: 'NAME' }, { title: 'MASTERS' }, { title: 'KIND' }],
      rows: rows.map(({ name, masters, kind, current }) => [current ? '*' : '', name, masters.join(','), kind]),
    },
    empty: 'No contexts, and no local cluster runs.',
  };
}

/** The cluster that commands would talk to now. */
export function targetView({ name, masters, source }: Target): View {
  return {
    data: { name: name ?? null, masters, source },
    names: [name ?? masters.join(',')],
    body: {
      kind: 'details',
      items: [
        ['Context', name ?? '-'],
        ['Masters', masters.join(', ')],
        ['Chosen by', source],
      ],
    },
  };
}
