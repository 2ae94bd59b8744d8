// Screen 6: the apps of Marathon as a tree of their groups.
import type { Span } from '../../frame/line.ts';
import { span } from '../../frame/lines.ts';
import { glyphs } from '../../widgets/glyphs.ts';
import type { Column } from '../../widgets/table.ts';
import { treePrefixes } from '../../widgets/tree.ts';
import { amount, count, counted, megabytes, since } from '../../widgets/words.ts';
import { drawList } from '../lists/list.ts';
import { rowsOf } from '../lists/rows.ts';
import type { Scene, Screen } from '../screen.ts';
import { APP_ACTIONS } from './app-actions.ts';
import { appMarks } from './app-marks.ts';
import { type AppTreeRow, FLAT, isGroupId, isTree, isTroubled, TREE } from './app-tree.ts';

export const APPS: Screen = {
  name: 'apps',
  digit: '6',
  title: 'Apps',
  topics: ['apps'],
  sortColumns: Object.keys(FLAT.sortBy),
  actions: { ...APP_ACTIONS, open: (id) => (isGroupId(id) ? undefined : { screen: 'app', subject: id }) },
  draw(scene) {
    const { view, place } = scene;
    const source = isTree(place) ? TREE : FLAT;
    const prefixes = isTree(place) ? prefixesOf(scene) : undefined;
    return drawList(scene, {
      source,
      columns: (shown) => columnsFor(shown, prefixes),
      noun: 'apps',
      feed: 'marathon',
      ...(isTree(place) && { heading: `apps ${count(view.apps.size)}` }),
    });
  },
  data: ({ view }) => [...view.apps.values()],
};

/** Of the whole tree, by row: what hangs where does not depend on the window. */
function prefixesOf({ view, place, hasMarks }: Scene): ReadonlyMap<string, string> {
  const { rows } = rowsOf(view, place, TREE);
  const prefixes = treePrefixes(rows, glyphs(hasMarks));
  return new Map(rows.map(({ id }, index) => [id, prefixes[index] ?? '']));
}

function columnsFor(
  { nowMs, hasMarks }: Scene,
  prefixes: ReadonlyMap<string, string> | undefined,
): readonly Column<AppTreeRow>[] {
  return [
    {
      key: 'id',
      title: 'app',
      min: 18,
      max: 60,
      priority: 0,
      cell: ({ id, name, app }) => [
        span(prefixes?.get(id) ?? '', 'dim'),
        app === undefined ? span(`${name}/`, 'accent') : span(prefixes === undefined ? id : name),
      ],
    },
    { key: 'state', title: 'state', min: 10, priority: 1, cell: stateOf },
    {
      key: 'running',
      title: 'run',
      min: 7,
      max: 11,
      priority: 1,
      align: 'right',
      cell: ({ running, instances }) => `${count(running)}/${count(instances)}`,
    },
    {
      key: 'marks',
      title: 'instances',
      min: 10,
      max: 30,
      priority: 4,
      cell: ({ app, apps }, width) =>
        app === undefined ? span(counted(apps, 'app'), 'dim') : appMarks(app, width, hasMarks),
    },
    { key: 'cpus', title: 'cpus', min: 6, priority: 5, align: 'right', cell: ({ cpus }) => amount(cpus) },
    { key: 'mem', title: 'mem', min: 7, priority: 5, align: 'right', cell: ({ memMb }) => megabytes(memMb) },
    {
      key: 'changed',
      title: 'changed',
      min: 7,
      priority: 6,
      align: 'right',
      cell: ({ app }) => (app === undefined ? '' : since(app.versionMs, nowMs)),
    },
    { key: 'why', title: 'waits for', min: 12, max: 70, priority: 3, cell: ({ app }) => waiting(app, nowMs) },
  ];
}

/** A word and its mark in one: what is wrong first. */
function stateOf({ app, unhealthy, running, instances }: AppTreeRow): Span {
  if (app === undefined) return unhealthy > 0 || running < instances ? span('look in', 'warn') : span('');
  if (app.deploymentIds.length > 0) return span('deploying', 'accent');
  if (unhealthy > 0) return span('unhealthy', 'bad');
  if (app.waitsFor !== undefined || running < instances) return span('waiting', 'warn');
  if (instances === 0) return span('suspended', 'dim');
  return span(app.hasHealthChecks ? 'healthy' : 'running', 'good');
}

function waiting(app: AppTreeRow['app'], nowMs: number): Span {
  if (app === undefined) return span('');
  if (app.waitsFor !== undefined) return span(`${app.waitsFor} (${since(app.waitsSinceMs, nowMs)})`, 'warn');
  if (isTroubled(app) && app.lastFailure !== undefined) {
    return span(`failed ${since(app.lastFailureMs, nowMs)} ago: ${app.lastFailure}`, 'bad');
  }
  return span('');
}
