// `mctl group list|show`.
import type { AppInfo, GroupInfo } from '../../../client/marathon.ts';
import type { View } from '../../output/view.ts';
import { appStatus, healthText } from './apps.ts';

/** Groups below the given one and itself, parents first; sums count everything below. */
export function groupListView(root: GroupInfo): View {
  const groups = flatten(root);
  return {
    data: groups.map((group) => ({ id: group.id, ...sumsOf(group), dependencies: group.dependencies })),
    names: groups.map(({ id }) => id),
    body: {
      kind: 'table',
      columns: [
        { title: 'ID' },
        { title: 'APPS', align: 'right' },
        { title: 'RUNNING', align: 'right' },
        { title: 'DEPLOYING', align: 'right' },
        { title: 'DEPENDENCIES' },
      ],
      rows: groups.map((group) => {
        const { apps, running, instances, deploying } = sumsOf(group);
        return [group.id, String(apps), `${running}/${instances}`, String(deploying), group.dependencies.join(',')];
      }),
    },
  };
}

function flatten(group: GroupInfo): GroupInfo[] {
  return [group, ...group.groups.flatMap(flatten)];
}

function appsOf(group: GroupInfo): AppInfo[] {
  return flatten(group).flatMap(({ apps }) => [...apps]);
}

function sumsOf(group: GroupInfo) {
  const apps = appsOf(group);
  return {
    apps: apps.length,
    running: apps.reduce((sum, { tasksRunning }) => sum + tasksRunning, 0),
    instances: apps.reduce((sum, { instances }) => sum + instances, 0),
    deploying: apps.filter(({ deployments }) => deployments.length > 0).length,
  };
}

/** One group, its apps and the groups in it. */
export function groupView(group: GroupInfo): View {
  const sums = sumsOf(group);
  return {
    data: group,
    names: [group.id],
    body: {
      kind: 'details',
      items: [
        ['Group', group.id],
        ['Apps', `${sums.apps}${sums.deploying > 0 ? `, ${sums.deploying} deploying` : ''}`],
        ['Instances', `${sums.running} of ${sums.instances} running`],
        ['Dependencies', group.dependencies.join(', ') || undefined],
        ['Version', group.version],
      ],
      sections: [
        {
          title: 'Apps',
          table: {
            kind: 'table',
            columns: [
              { title: 'ID' },
              { title: 'STATUS', state: true },
              { title: 'INSTANCES', align: 'right' },
              { title: 'HEALTH' },
            ],
            rows: appsOf(group).map((app) => [
              app.id,
              appStatus(app, undefined),
              `${app.tasksRunning}/${app.instances}`,
              healthText(app),
            ]),
          },
        },
        {
          title: 'Groups',
          table: {
            kind: 'table',
            columns: [{ title: 'ID' }, { title: 'APPS', align: 'right' }],
            rows: group.groups.map((below) => [below.id, String(sumsOf(below).apps)]),
          },
        },
      ],
    },
  };
}
