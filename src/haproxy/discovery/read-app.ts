// One app of the answer, and one definition of an older version: only the fields of haproxy.md 2.2, each of its type.

import { isAppId } from '../grammar/app-id.ts';
import type { Problem } from '../model/model.ts';
import type { DiscoveredApp, DiscoveredDefinition, DiscoveredTask } from './discovered.ts';
import { FieldError, isObject, type JsonObject, kindOf, listAt, objectAt, textAt } from './json-fields.ts';
import { readNetwork } from './network.ts';
import { readHealthCheck } from './read-health-check.ts';
import { readTask } from './read-task.ts';

/** The app, or undefined when it cannot be read; what was dropped or is wrong is added to `problems`. */
export function readApp(value: unknown, position: number, problems: Problem[]): DiscoveredApp | undefined {
  let appId = `(entry ${position})`;
  try {
    if (!isObject(value)) throw new FieldError('', `the entry is ${kindOf(value)}, not an app`);
    appId = readId(value, appId);
    const { networkMode, servicePorts, portDefinitions, containerPorts, healthChecks } = readDefinition(
      value,
      appId,
      problems,
    );
    const app: { -readonly [K in keyof DiscoveredApp]: DiscoveredApp[K] } = {
      id: appId,
      instances: countOf(value.instances),
      labels: readLabels(value, appId, problems),
      networkMode,
      servicePorts,
      portDefinitions,
      containerPorts,
      healthChecks,
      tasks: readTasks(value, appId, problems),
    };
    const version = textAt(value, 'version');
    if (version !== undefined) app.version = version;
    const scaledAt = lastScalingAt(value);
    if (scaledAt !== undefined) app.lastScalingAt = scaledAt;
    const graceSeconds = secondsOf(value.taskKillGracePeriodSeconds);
    if (graceSeconds !== undefined) app.killGracePeriodSeconds = graceSeconds;
    return app;
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    problems.push(unreadable(appId, error));
    return undefined;
  }
}

/** Ports and checks of an app's JSON, current or older. Throws FieldError. */
export function readDefinition(app: JsonObject, appId: string, problems: Problem[]): DiscoveredDefinition {
  const checks = listAt(app, 'healthChecks').map((value, index) =>
    value === null ? undefined : readHealthCheck(value, `healthChecks[${index}]`, appId, problems),
  );
  const { networkMode, servicePorts, portDefinitions, containerPorts } = readNetwork(app);
  const healthChecks = checks.filter((check) => check !== undefined);
  return { networkMode, servicePorts, portDefinitions, containerPorts, healthChecks };
}

function readId(app: JsonObject, appId: string): string {
  const id = textAt(app, 'id');
  if (id === undefined) throw new FieldError('id', 'is missing');
  const rooted = id.startsWith('/') ? id : `/${id}`;
  if (!isAppId(rooted)) throw new FieldError('id', `of ${appId} is no app id (/letters, digits, "." "-" "_")`);
  return rooted;
}

function readLabels(app: JsonObject, appId: string, problems: Problem[]): Readonly<Record<string, string>> {
  const labels = objectAt(app, 'labels') ?? {};
  let isClean = true;
  for (const name in labels) if (typeof labels[name] !== 'string') isClean = false;
  if (isClean) return labels as Readonly<Record<string, string>>;
  const texts: [string, string][] = [];
  for (const [name, text] of Object.entries(labels)) {
    if (typeof text === 'string') texts.push([name, text]);
    else if (text !== null && text !== undefined) {
      problems.push({
        appId,
        where: 'labels',
        effect: 'changed',
        message: `a label is ${kindOf(text)} and was ignored; write label values as text`,
      });
    }
  }
  return Object.fromEntries(texts);
}

function readTasks(app: JsonObject, appId: string, problems: Problem[]): readonly DiscoveredTask[] {
  const tasks: DiscoveredTask[] = [];
  const list = listAt(app, 'tasks');
  for (let index = 0; index < list.length; index += 1) {
    const value = list[index];
    if (value === null) continue;
    try {
      tasks.push(readTask(value));
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      const where = error.where === '' ? `tasks[${index}]` : `tasks[${index}].${error.where}`;
      problems.push({ appId, where, effect: 'changed', message: `${error.message}; the task is left out` });
    }
  }
  return tasks;
}

function lastScalingAt(app: JsonObject): string | undefined {
  const info = objectAt(app, 'versionInfo');
  return info && textAt(info, 'lastScalingAt', 'versionInfo.lastScalingAt');
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : 0;
}

function secondsOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function unreadable(appId: string, error: FieldError): Problem {
  const where = error.where === '' ? {} : { where: error.where };
  return { appId, ...where, effect: 'left-out', message: `${error.message}; the app cannot be read` };
}
