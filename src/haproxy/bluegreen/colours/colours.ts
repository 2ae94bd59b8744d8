// The live apps of one deployment group, oldest first (haproxy.md 16.2, 16.6). Everything that a deployment knows of its own
// past is in here: nothing else is kept anywhere, so whoever comes after a crash sees as much as whoever was there.
import type { DiscoveredApp } from '../../discovery/discovered.ts';
import { readApp } from '../../discovery/read-app.ts';
import type { Problem } from '../../model/model.ts';
import { Refusal } from '../refusal.ts';
import { GROUP, groupId, readDeploymentLabels } from './labels.ts';

/** One live app of the group. */
export interface Colour {
  readonly id: string;
  readonly instances: number;
  /** As the balancer reads it. */
  readonly app: DiscoveredApp;
  /** Of the labels; -∞ when there is none, so that it counts as oldest. */
  readonly startedAtMs: number;
  readonly colour: 'blue' | 'green' | undefined;
  readonly target: number | undefined;
  readonly newInstances: number | undefined;
  /** Ids of Marathon's deployments under way. */
  readonly deployments: readonly string[];
  /** As Marathon told it, for hooks. */
  readonly definition: LiveApp;
}

/** As much of Marathon's answer as is looked at here; the rest is in it too. */
export interface LiveApp {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly deployments: readonly { readonly id: string }[];
}

/** Those of the group among the apps, oldest first. Throws Refusal for labels that do not fit, and for more than two. */
export function coloursOf(group: string, apps: readonly LiveApp[]): readonly Colour[] {
  const members = apps.filter(({ labels }) => groupId(labels[GROUP] ?? '') === group);
  if (members.length > 2) {
    throw new Refusal('conflict', `The deployment group ${group} has ${members.length} live apps.`, {
      why: `A deployment is between two: ${members.map(({ id }) => id).join(', ')}.`,
      next: ['Remove all but two, the one that serves and the one that takes over.'],
    });
  }
  return members.map(colourOf).sort(byAge);
}

/** Throws Refusal `conflict` for one that cannot be read. */
export function colourOf(definition: LiveApp): Colour {
  const problems: Problem[] = [];
  const app = readApp(definition, 0, problems);
  if (app === undefined) {
    throw new Refusal(
      'conflict',
      `${definition.id} cannot be read: ${problems[0]?.message ?? 'its fields do not fit'}.`,
    );
  }
  const labels = readDeploymentLabels(app.labels, app.id, 'conflict');
  return {
    id: app.id,
    instances: app.instances,
    app,
    startedAtMs: labels.startedAtMs ?? Number.NEGATIVE_INFINITY,
    colour: labels.colour,
    target: labels.targetInstances,
    newInstances: labels.newInstances,
    deployments: definition.deployments.map(({ id }) => id),
    definition,
  };
}

/** By start, and by id where that says nothing: the balancers order them the same way. */
function byAge(a: Colour, b: Colour): number {
  if (a.startedAtMs !== b.startedAtMs) return a.startedAtMs < b.startedAtMs ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
