// From what was discovered to what the balancer is to do: apps → services as their labels want them → who may have which
// port and host → names → servers. Pure, and deterministic whatever the order of the input (haproxy.md 22.2).
import type { Discovery } from '../discovery/discovered.ts';
import type { BalancedApp } from './balanced-app.ts';
import type { ModelContext } from './context.ts';
import { unreadLabels } from './labels/app-labels.ts';
import type { BalancerModel, Problem, Service } from './model.ts';
import type { BalancerOptions } from './options.ts';
import { AgentPlaces } from './servers/agent-places.ts';
import { eligibleTasks } from './servers/eligible-tasks.ts';
import { serversOf } from './servers/servers.ts';
import { type Draft, draftService, isWanted } from './service-draft.ts';
import { mergeColours } from './whole/blue-green.ts';
import { settleClaims } from './whole/claims.ts';
import { TaskPortAssigner } from './whole/ip-per-task.ts';
import { nameServices } from './whole/names.ts';

/**
 * The model of one turn. Never throws for what apps say: an app or service that cannot be is left out and told, with the
 * problems of discovery among the others.
 */
export function buildModel(discovery: Discovery, options: BalancerOptions, context: ModelContext): BalancerModel {
  const problems: Problem[] = [];
  const apps = mergeColours(
    options.ownAppId === undefined ? discovery.apps : discovery.apps.filter((app) => app.id !== `/${options.ownAppId}`),
    options,
    problems,
  );
  const wanted = draftServices(apps, options, context, problems);
  const drafts = settleClaims(sortDrafts(wanted), options, context.known, problems);
  nameServices(drafts);
  addServers(drafts, options, context, problems);
  const services: Service[] = [];
  for (const { service } of drafts) {
    if (service.servers.length > 0 || !options.omitsEmpty) services.push(service);
  }
  const groups = apps.flatMap(({ id, lead, members }): [string, string[]][] =>
    members.length === 1 && id === lead.id
      ? []
      : [[id, [...new Set([lead.id, ...members.map((member) => member.app.id)])]]],
  );
  return {
    services,
    problems: [...ofInterest(discovery, apps, wanted), ...problems],
    ...(groups.length > 0 && { groups: new Map(groups) }),
  };
}

function draftServices(
  apps: readonly BalancedApp[],
  options: BalancerOptions,
  context: ModelContext,
  problems: Problem[],
): Draft[] {
  const drafts: Draft[] = [];
  const taskPorts = new TaskPortAssigner(options.ipPerTaskPorts);
  for (const app of apps) {
    // The original gives ports to every app, so that those of one do not depend on the groups of another.
    const servicePorts = taskPorts.servicePorts(app, problems);
    let isOurs = false;
    for (let portIndex = 0; portIndex < servicePorts.length; portIndex += 1) {
      const port = servicePorts[portIndex];
      if (port === undefined || !isWanted(app, portIndex, options)) continue;
      isOurs = true;
      const draft = draftService(app, portIndex, port, options, context, problems);
      if (draft !== undefined) drafts.push(draft);
    }
    if (!isOurs) continue;
    for (const { label, message } of unreadLabels(app.labels, servicePorts.length)) {
      problems.push({ appId: app.id, where: label, effect: 'warning', message });
    }
  }
  return drafts;
}

/** By app id and port (haproxy.md 5.2). */
function sortDrafts(drafts: Draft[]): Draft[] {
  return drafts.sort((a, b) => {
    if (a.service.appId !== b.service.appId) return a.service.appId < b.service.appId ? -1 : 1;
    if (a.service.port !== b.service.port) return a.service.port - b.service.port;
    if (a.app.lead.id !== b.app.lead.id) return a.app.lead.id < b.app.lead.id ? -1 : 1;
    return a.service.portIndex - b.service.portIndex;
  });
}

/** Services of one app follow each other, so that its tasks are looked at once. */
function addServers(
  drafts: readonly Draft[],
  options: BalancerOptions,
  context: ModelContext,
  problems: Problem[],
): void {
  const agents = new AgentPlaces(context.addresses);
  let app: BalancedApp | undefined;
  let tasks: ReturnType<typeof eligibleTasks> = [];
  for (const draft of drafts) {
    if (draft.app !== app) {
      app = draft.app;
      tasks = eligibleTasks(app, options, context, agents, problems);
    }
    draft.service.servers = serversOf(draft.service, app, tasks, draft.checkIndex, options, context, problems);
  }
}

/** Apps that could not be read may have been ours; what is wrong with one that others balance is theirs to hear. */
function ofInterest(discovery: Discovery, apps: readonly BalancedApp[], drafts: readonly Draft[]): Problem[] {
  if (discovery.problems.length === 0) return [];
  const readable = new Set(apps.flatMap((app) => app.members.map((member) => member.app.id)));
  const ours = new Set(drafts.flatMap(({ app }) => app.members.map((member) => member.app.id)));
  return discovery.problems.filter((problem) => !readable.has(problem.appId) || ours.has(problem.appId));
}
