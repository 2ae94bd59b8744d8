// Apps as Marathon answers them, and the model that comes of them, for tests.
import { readApps } from '../../../src/haproxy/discovery/read-apps.ts';
import { buildModel } from '../../../src/haproxy/model/build-model.ts';
import type { ModelContext } from '../../../src/haproxy/model/context.ts';
import type { BalancerModel, Service } from '../../../src/haproxy/model/model.ts';
import { type BalancerOptions, DEFAULT_OPTIONS } from '../../../src/haproxy/model/options.ts';

export type Json = Record<string, unknown>;

export const OPTIONS: BalancerOptions = { ...DEFAULT_OPTIONS, groups: ['external'] };
export const ADDRESSES = new Map([
  ['agent1.example', '10.0.0.11'],
  ['agent2.example', '10.0.0.12'],
]);

/** A TCP app in host mode, one port, one task, in group external. `labels` are added. */
export function app(id: string, given: Json = {}): Json {
  const labels = (given.labels ?? {}) as Json;
  const { labels: _, ...rest } = given;
  return {
    id,
    instances: 1,
    labels: { HAPROXY_GROUP: 'external', ...labels },
    networks: [{ mode: 'host' }],
    portDefinitions: [{ port: 10_000 }],
    tasks: [task(`${id.slice(1)}.1`)],
    ...rest,
  };
}

export function task(id: string, given: Json = {}): Json {
  return { id, host: '10.0.0.11', ports: [31_000], state: 'TASK_RUNNING', ...given };
}

export function httpCheck(given: Json = {}): Json {
  return {
    protocol: 'MESOS_HTTP',
    path: '/health',
    portIndex: 0,
    gracePeriodSeconds: 30,
    intervalSeconds: 10,
    timeoutSeconds: 5,
    maxConsecutiveFailures: 3,
    ...given,
  };
}

export function model(
  apps: readonly unknown[],
  options: Partial<BalancerOptions> = {},
  context: Partial<ModelContext> = {},
): BalancerModel {
  return buildModel(
    readApps({ apps }, 'http://marathon.example:8080'),
    { ...OPTIONS, ...options },
    { addresses: ADDRESSES, ...context },
  );
}

/** The only service of these labels on a plain app. */
export function serviceOf(labels: Json, given: Json = {}, options: Partial<BalancerOptions> = {}): Service {
  const { services, problems } = model([app('/web', { ...given, labels })], options);
  const [service] = services;
  if (service === undefined) throw new Error(`no service: ${JSON.stringify(problems)}`);
  return service;
}

/** What is said about an app of these labels. */
export function problemsOf(labels: Json, given: Json = {}, options: Partial<BalancerOptions> = {}) {
  const { services, problems } = model([app('/web', { ...given, labels })], options);
  return { served: services.length, problems, says: problems.map((p) => `${p.effect} ${p.where}: ${p.message}`) };
}
