// Which tasks of an app serve, and how (haproxy.md 2.3.4, 2.3.5, 2.4): by state, by Marathon's verdict where that is asked
// for, with address and ports. Looked at once an app; its services take their port from the result.

import type { DiscoveredApp, DiscoveredDefinition, DiscoveredTask } from '../../discovery/discovered.ts';
import type { BalancedApp, Member } from '../balanced-app.ts';
import { definitionKey, type ModelContext } from '../context.ts';
import type { Problem } from '../model.ts';
import type { BalancerOptions } from '../options.ts';
import type { AgentPlaces, Place } from './agent-places.ts';

const NOT_SERVING: ReadonlySet<string> = new Set([
  'TASK_STAGING',
  'TASK_STARTING',
  'TASK_KILLING',
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
  'TASK_UNKNOWN',
]);
/** How long a task may take to end when its app does not say: the executor's own default. */
const KILL_GRACE_SECONDS = 3;

/** A task that serves; `ports` by index of the service port. */
export interface EligibleTask {
  readonly task: DiscoveredTask;
  readonly member: Member;
  /** Of the version that the task runs. */
  readonly definition: DiscoveredDefinition;
  readonly place: Place;
  readonly ports: readonly (number | undefined)[];
  /** Being killed, within its grace period. */
  readonly isEnding: boolean;
}

/** The serving tasks of all members. What cannot be reached is told, once an app and reason. */
export function eligibleTasks(
  app: BalancedApp,
  options: BalancerOptions,
  context: ModelContext,
  agents: AgentPlaces,
  problems: Problem[],
): readonly EligibleTask[] {
  const eligible: EligibleTask[] = [];
  let unreached: Map<string, number> | undefined;
  for (const member of app.members) {
    for (const task of member.app.tasks) {
      const isEnding = task.state === 'TASK_KILLING' && isWithinGrace(task, member.app, options, context);
      if (!isEnding && !isServing(task)) continue;
      const definition = definitionOf(task, member.app, context);
      if (options.health !== undefined && !isAlive(task, definition, options.health, context)) continue;
      const place = agents.placeOf(task, definition);
      if (typeof place === 'string') {
        unreached ??= new Map();
        unreached.set(place, (unreached.get(place) ?? 0) + 1);
        continue;
      }
      eligible.push({ task, member, definition, place, ports: portsOf(task, definition), isEnding });
    }
  }
  for (const [why, count] of unreached ?? []) {
    const tasks = count === 1 ? 'a task is left out' : `${count} tasks are left out`;
    problems.push({ appId: app.id, where: 'tasks', effect: 'changed', message: `${why}; ${tasks}` });
  }
  return eligible;
}

/** Most tasks run, and comparing is cheaper than looking up. */
function isServing({ state }: DiscoveredTask): boolean {
  return state === undefined || state === 'TASK_RUNNING' || !NOT_SERVING.has(state);
}

/** Marathon kills before anybody can react, so a task being killed drains first (haproxy.md 2.4.5). */
function isWithinGrace(
  task: DiscoveredTask,
  app: DiscoveredApp,
  options: BalancerOptions,
  context: ModelContext,
): boolean {
  if (context.nowMs === undefined || options.strictCompat) return false;
  const sinceMs = knownOf(context.known?.killingSinceMs, task.id) ?? context.nowMs;
  return context.nowMs - sinceMs < graceSeconds(app) * 1000;
}

function graceSeconds(app: DiscoveredApp): number {
  return app.killGracePeriodSeconds ?? KILL_GRACE_SECONDS;
}

/** Marathon's verdict: what was reported, else what was last known, else not alive (haproxy.md 2.4.2, 2.4.3). */
function isAlive(
  task: DiscoveredTask,
  definition: DiscoveredDefinition,
  rule: 'all' | 'any',
  context: ModelContext,
): boolean {
  if (definition.healthChecks.length === 0) return true;
  return verdictOn(task, rule) ?? knownOf(context.known?.verdicts, task.id) ?? false;
}

/** What is known of a task, whose id may be any text, `constructor` too. */
export function knownOf<T>(record: Readonly<Record<string, T>> | undefined, taskId: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, taskId) ? record[taskId] : undefined;
}

/** Undefined when nothing was reported. */
export function verdictOn(task: DiscoveredTask, rule: 'all' | 'any'): boolean | undefined {
  if (task.healthResults.length === 0) return undefined;
  return rule === 'any'
    ? task.healthResults.some((result) => result.alive)
    : task.healthResults.every((result) => result.alive);
}

/** Ports and checks are those of the version that runs, where it is known (haproxy.md 3.5). */
function definitionOf(task: DiscoveredTask, app: DiscoveredApp, context: ModelContext): DiscoveredDefinition {
  if (task.version === undefined || task.version === app.version || context.definitions === undefined) return app;
  return context.definitions.get(definitionKey(app.id, task.version)) ?? app;
}

/** haproxy.md 2.3.5; an empty list counts as none. */
function portsOf(task: DiscoveredTask, definition: DiscoveredDefinition): readonly (number | undefined)[] {
  if (definition.networkMode === 'container') return definition.containerPorts;
  if (task.ports.length > 0) return task.ports;
  if (definition.portDefinitions.length > 0 || definition.networkMode === 'host') return definition.portDefinitions;
  return definition.containerPorts;
}
