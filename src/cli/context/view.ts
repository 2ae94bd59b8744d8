// `mctl context list|show`.
import { shownMaster } from '../masters/texts.ts';
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
    ...[...config.contexts].map(([name, context]) => ({ name, ...told(context), kind: 'saved' })),
    ...local.map((cluster) => ({ name: cluster.name, ...told(cluster), kind: 'local cluster' })),
  ].map((row) => ({ ...row, current: row.name === chosen }));
  return {
    data: rows,
    names: rows.map(({ name }) => name),
    body: {
      kind: 'table',
      columns: ['', 'NAME', 'MASTERS', 'MARATHONS', 'CHRONOSES', 'KIND'].map((title) => ({ title })),
      rows: rows.map(({ name, masters, marathons, chronoses, kind, current }) => [
        current ? '*' : '',
        name,
        masters.join(','),
        marathons.join(',') || '-',
        chronoses.join(',') || '-',
        kind,
      ]),
    },
    empty: 'No contexts, and no local cluster runs.',
  };
}

function told({ masters, marathons = [], chronoses = [] }: Omit<LocalCluster, 'name'>) {
  return { masters: masters.map(shownMaster), marathons, chronoses };
}

/** The cluster that commands would talk to now. */
export function targetView(target: Target): View {
  const { name, marathons, chronoses, source } = target;
  const masters = target.masters.map(shownMaster);
  return {
    data: { name: name ?? null, masters, marathons, chronoses, source },
    names: [name ?? masters.join(',')],
    body: {
      kind: 'details',
      items: [
        ['Context', name ?? '-'],
        ['Masters', masters.join(', ')],
        ['Marathons', marathons.length === 0 ? undefined : marathons.join(', ')],
        ['Chronoses', chronoses.length === 0 ? undefined : chronoses.join(', ')],
        ['Chosen by', source],
      ],
    },
  };
}
