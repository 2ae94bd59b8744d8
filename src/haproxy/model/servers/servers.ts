// The servers of one service, from the tasks of its app (haproxy.md 5.6 to 5.9, 7.3, 7.5, 8.4, 16.4, 16.10).
import { parseInteger } from '../../grammar/words.ts';
import type { BalancedApp, Colours } from '../balanced-app.ts';
import type { ModelContext } from '../context.ts';
import { labelsOfPort } from '../labels/app-labels.ts';
import type { Problem, Server, Service } from '../model.ts';
import type { BalancerOptions } from '../options.ts';
import type { EligibleTask } from './eligible-tasks.ts';
import { MOST_SERVERS, serverCookie, takeServerId } from './server-identity.ts';
import { asksTheSame, asServiceCheck, findCheck } from './service-check.ts';

type ServiceHead = Pick<Service, 'portIndex' | 'name' | 'mode' | 'healthCheck' | 'isSticky'>;
interface Placed {
  readonly eligible: EligibleTask;
  readonly name: string;
  readonly port: number;
}

/** Sorted by host and port; one server an address and port. `checkIndex` is HEALTHCHECK_PORT_INDEX where it holds. */
export function serversOf(
  service: ServiceHead,
  app: BalancedApp,
  tasks: readonly EligibleTask[],
  checkIndex: number | undefined,
  options: BalancerOptions,
  context: ModelContext,
  problems: Problem[],
): readonly Server[] {
  const placed = place(service, app, tasks, problems);
  const draining = app.colours === undefined ? undefined : drainingTasks(app.colours, placed, service.name, context);
  const ids = new Set<number>();
  const servers: Server[] = [];
  for (const { eligible, name, port } of placed) {
    const { task, definition } = eligible;
    const checkPort = service.healthCheck?.port ?? (checkIndex === undefined ? undefined : eligible.ports[checkIndex]);
    const isUnchecked =
      service.healthCheck !== undefined &&
      definition !== app.lead &&
      !isCheckedAlike(service, eligible, checkIndex, options);
    // Nobody else asks this server, so what Marathon found holds.
    if (isUnchecked && task.healthResults.length > 0 && !task.healthResults.some((result) => result.alive)) continue;
    const weight = weightOf(app, eligible, service.portIndex);
    const server: { -readonly [K in keyof Server]: Server[K] } = {
      name,
      id: takeServerId(name, ids),
      taskId: task.id,
      host: eligible.place.host,
      address: eligible.place.address,
      port,
      isDraining: eligible.isEnding || draining?.has(task.id) === true,
    };
    if (service.isSticky) server.cookie = serverCookie(name);
    if (checkPort !== undefined && !isUnchecked) server.checkPort = checkPort;
    if (weight !== undefined) server.weight = weight;
    if (isUnchecked) server.isUnchecked = true;
    servers.push(server);
  }
  return servers;
}

/** Tasks with their port of this service, in order, without those whose place another task has. */
function place(
  service: ServiceHead,
  app: BalancedApp,
  tasks: readonly EligibleTask[],
  problems: Problem[],
): readonly Placed[] {
  const { portIndex } = service;
  const candidates: Placed[] = [];
  for (const eligible of tasks) {
    const port = eligible.ports[portIndex];
    if (port !== undefined) candidates.push({ eligible, port, name: `${eligible.place.serverPrefix}${port}` });
  }
  candidates.sort(byHostAndPort);
  // At one place they are one after the other, the one that is rather there first.
  const isFirst = (one: Placed, index: number) => index === 0 || candidates[index - 1]?.name !== one.name;
  const all = candidates.every(isFirst) ? candidates : candidates.filter(isFirst);
  if (all.length <= MOST_SERVERS) return all;
  problems.push({
    appId: app.id,
    portIndex: service.portIndex,
    effect: 'changed',
    message: `has ${all.length} servers, more than HAProxy has ids for; the first ${MOST_SERVERS} are taken`,
  });
  return all.slice(0, MOST_SERVERS);
}

function byHostAndPort(a: Placed, b: Placed): number {
  return (
    order(a.eligible.place.host, b.eligible.place.host) ||
    a.port - b.port ||
    order(a.name, b.name) ||
    certainty(b.eligible) - certainty(a.eligible) ||
    order(b.eligible.task.id, a.eligible.task.id)
  );
}

/** Of two tasks at one place the one that runs is taken, else the one with the later id, whatever order they came in. */
function certainty(eligible: EligibleTask): number {
  if (eligible.isEnding) return 0;
  return eligible.task.state === 'TASK_RUNNING' ? 2 : 1;
}

/**
 * As many of the old colour drain as new ones are healthy, and never below the target (haproxy.md 16.4). Where this balancer
 * was asked, only new servers that it sees up count: Marathon is often first to know, and then nobody would serve (16.10).
 */
function drainingTasks(
  colours: Colours,
  placed: readonly Placed[],
  backend: string,
  context: ModelContext,
): ReadonlySet<string> {
  let healthy = colours.healthyNew;
  if (context.upServers !== undefined) {
    const up = context.upServers.get(backend);
    const seen = placed.filter((one) => colours.newTasks.has(one.eligible.task.id) && up?.has(one.name) === true);
    healthy = Math.min(healthy, seen.length);
  }
  const surplus = Math.max(0, healthy + colours.oldInstances - colours.target);
  return new Set(colours.oldTasks.slice(0, Math.min(colours.oldTasks.length, healthy, surplus)));
}

/**
 * HAProxy asks all servers of a backend alike. A task of another version whose own check is another would fail it though
 * Marathon finds it well (haproxy.md 3.5).
 */
function isCheckedAlike(
  service: ServiceHead,
  eligible: EligibleTask,
  checkIndex: number | undefined,
  options: BalancerOptions,
): boolean {
  const own =
    findCheck(eligible.definition, service.portIndex, options) ??
    (checkIndex === undefined ? undefined : findCheck(eligible.definition, checkIndex, options));
  if (own === undefined || service.healthCheck === undefined) return false;
  return asksTheSame(
    asServiceCheck(own, service.mode, options, () => undefined),
    service.healthCheck,
  );
}

/** TRAFFIC_WEIGHT of the task's own colour, already told when it does not fit (haproxy.md 8.4). */
function weightOf(app: BalancedApp, eligible: EligibleTask, portIndex: number): number | undefined {
  if (app.colours === undefined) return undefined;
  const text = labelsOfPort(eligible.member.labels, portIndex).get('TRAFFIC_WEIGHT');
  if (text === undefined) return undefined;
  const parsed = parseInteger(text, 0, 256);
  return parsed.ok ? parsed.value : undefined;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
