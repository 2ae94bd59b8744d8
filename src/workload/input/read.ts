// From what a file says to a Workload, or to everything that is wrong with it, each fault with its path in the file.
import type * as z from 'zod';
import { typeWords } from '../../mesos/text/type-words.ts';
import { isAlwaysZero } from '../draw.ts';
import { fits, hasAttributes } from '../fitting.ts';
import type { AgentGroup, FrameworkSpec, JobSpec, Policy, PolicyKind, Workload } from '../workload.ts';
import * as shapes from './shape.ts';
import {
  agentShape,
  type frameworkShape,
  type jobShape,
  policyShape,
  preferenceShape,
  roleShape,
  workloadShape,
} from './shape.ts';

type Path = readonly (string | number)[];

/** `members`: those that may be where an unknown one is. */
export interface InputFault {
  readonly path: Path;
  readonly text: string;
  /** The unknown member, and what there may be instead. */
  readonly unknown?: { readonly name: string; readonly members: readonly string[] };
}

export type ReadWorkload = { readonly workload: Workload } | { readonly faults: readonly InputFault[] };

const MAX_AGENTS = 100_000;
const MAX_FRAMEWORKS = 10_000;
const DEFAULT_PATIENCE_MS = 60_000;

const POLICY_NAMES: Readonly<Record<PolicyKind, string>> = {
  drf: 'sharing',
  random: 'random',
  static: 'static partitions',
};

export const policyOf = (kind: PolicyKind): Policy => ({ name: POLICY_NAMES[kind], kind, waitMs: undefined });

/** `value` as JSON would hold it. */
export function readWorkload(value: unknown, fallbackName: string): ReadWorkload {
  const parsed = workloadShape.safeParse(value, { reportInput: true });
  if (!parsed.success) return { faults: parsed.error.issues.flatMap(faultsOf) };
  const { data } = parsed;
  const agents = data.agents.map(
    (group, index): AgentGroup => ({
      ...group,
      name: group.name ?? (data.agents.length === 1 ? 'agent' : `agent${index + 1}`),
      racks: group.racks,
      region: group.region,
      zone: group.zone,
    }),
  );
  const frameworkCount = data.frameworks.reduce((sum, { count }) => sum + count, 0);
  const isTooMany = frameworkCount > MAX_FRAMEWORKS;
  // Counted before they are made: a slip of two zeros would be ten million of them.
  const frameworks = isTooMany ? [] : data.frameworks.flatMap(frameworksOf);
  const workload: Workload = {
    name: data.name ?? fallbackName,
    seed: data.seed,
    durationMs: data.duration,
    intervalMs: data.allocationInterval ?? 1000,
    region: data.region,
    agents,
    roles: data.roles.map(({ name, weight, guarantee = {}, limit = {} }) => ({ name, weight, guarantee, limit })),
    frameworks,
    policies: data.compare.map(({ name, policy, wait }) => ({
      ...policyOf(policy),
      ...(name !== undefined && { name }),
      waitMs: wait,
    })),
  };
  const faults = contradictions(data, workload);
  if (isTooMany) faults.push({ path: ['frameworks'], text: `there may be ${MAX_FRAMEWORKS} frameworks at most` });
  return faults.length > 0 ? { faults } : { workload };
}

/** One for each of `count`; alone it has the name as it is. */
function frameworksOf(given: z.infer<typeof frameworkShape>): FrameworkSpec[] {
  const { count, name, role, refuse, sharing, jobs, minimumOffer, ...rest } = given;
  return Array.from({ length: count }, (_, index) => ({
    ...rest,
    name: count === 1 ? name : `${name}-${index + 1}`,
    role: role ?? name,
    refuseSeconds: (refuse ?? 5000) / 1000,
    minimumOffer,
    isApart: sharing === 'partition',
    jobs: jobs.map((job, at) => jobOf(job, jobs.length === 1 ? 'jobs' : `jobs${at + 1}`)),
  }));
}

function jobOf(given: z.infer<typeof jobShape>, name: string): JobSpec {
  const { every, after, prefers } = given;
  return {
    name: given.name ?? name,
    count: given.count ?? (every === undefined && after === undefined ? 1 : undefined),
    start: given.start ?? { kind: 'constant', value: 0 },
    arrivals:
      after === undefined
        ? { kind: 'every', gap: every ?? { kind: 'constant', value: 0 } }
        : { kind: 'after', gap: after },
    tasks: given.tasks,
    resources: given.resources,
    duration: given.duration,
    minParallel: given.minParallel,
    maxParallel: given.maxParallel ?? Number.POSITIVE_INFINITY,
    patienceMs: given.patience ?? DEFAULT_PATIENCE_MS,
    prefers: prefers && {
      replicas: prefers.replicas,
      attributes: prefers.attributes ?? {},
      waitMs: prefers.wait ?? 0,
      slowdown: prefers.slowdown,
    },
  };
}

/** What no single member shows. */
function contradictions(data: z.infer<typeof workloadShape>, workload: Workload): InputFault[] {
  const faults: InputFault[] = [];
  const fault = (path: Path, text: string): void => void faults.push({ path, text });
  if (workload.intervalMs < 100) fault(['allocationInterval'], 'must be 100ms at least');
  if (data.duration === 0) fault(['duration'], 'must be more than 0');
  if (workload.agents.reduce((sum, { count }) => sum + count, 0) > MAX_AGENTS)
    fault(['agents'], `there may be ${MAX_AGENTS} agents at most`);
  for (const at of secondOf(workload.agents)) fault(['agents', at, 'name'], 'is there twice');
  for (const at of secondOf(data.roles)) fault(['roles', at, 'name'], 'is there twice');
  for (const at of secondOf(data.frameworks)) fault(['frameworks', at, 'name'], 'is there twice');
  for (const at of secondOf(workload.policies)) fault(['compare', at, 'name'], 'is there twice');
  if (faults.length === 0 && secondOf(workload.frameworks).length > 0)
    fault(['frameworks'], 'two of them would have the same name');
  for (const [at, { name, guarantee, limit }] of data.roles.entries()) {
    const hasQuota = guarantee !== undefined || limit !== undefined;
    if (hasQuota && name.includes('/')) fault(['roles', at], 'a role below another has no quota of its own');
    for (const [member, amounts] of Object.entries({ guarantee, limit })) {
      const unknown = nowhere(data.agents, amounts ?? {});
      if (unknown !== undefined) fault(['roles', at, member], `no agent has ${unknown}`);
    }
  }
  for (const [at, framework] of data.frameworks.entries()) {
    for (const [jobAt, job] of framework.jobs.entries())
      for (const [member, text] of jobFaults(job, framework.where, data))
        fault(['frameworks', at, 'jobs', jobAt, ...(member === undefined ? [] : [member])], text);
  }
  return faults;
}

function* jobFaults(
  job: z.infer<typeof jobShape>,
  where: Readonly<Record<string, string>>,
  data: z.infer<typeof workloadShape>,
): Iterable<readonly [string | undefined, string]> {
  const { every, after, count, prefers } = job;
  if (every !== undefined && after !== undefined) yield ['after', 'every and after do not go together'];
  const isEndless = count === undefined && (every !== undefined || after !== undefined);
  if (isEndless && data.duration === undefined) yield [undefined, 'jobs without a count need a duration of the whole'];
  const gap = every ?? after;
  if (isEndless && gap !== undefined && isAlwaysZero(gap)) yield [undefined, 'jobs without a count need a pause'];
  if (Object.values(job.resources).every((amount) => amount === 0)) yield ['resources', 'must be more than nothing'];
  if (job.minParallel > (job.maxParallel ?? Number.POSITIVE_INFINITY))
    yield ['minParallel', 'is more than maxParallel'];
  const usable = data.agents.filter((group) => hasAttributes(group, where));
  const unknown = nowhere(usable, job.resources);
  if (usable.length === 0) yield [undefined, 'no agent has what the framework asks for in where'];
  else if (unknown !== undefined) yield ['resources', `no agent has ${unknown}`];
  else if (!usable.some((group) => fits(job.resources, group.resources)))
    yield ['resources', 'no agent is large enough for such a task'];
  if (prefers !== undefined) {
    const { replicas, attributes } = prefers;
    if ((replicas === undefined) === (attributes === undefined))
      yield ['prefers', 'must have either replicas or attributes'];
    if (attributes !== undefined && !data.agents.some((group) => hasAttributes(group, attributes)))
      yield ['prefers', 'no agent has these attributes'];
  }
}

/** The first of these resources that none of the agents has: misspelt, mostly. */
function nowhere(
  agents: readonly { readonly resources: Readonly<Record<string, number>> }[],
  amounts: Readonly<Record<string, number>>,
): string | undefined {
  const isSomewhere = (name: string): boolean => agents.some(({ resources }) => (resources[name] ?? 0) > 0);
  return Object.entries(amounts).find(([name, amount]) => amount > 0 && !isSomewhere(name))?.[0];
}

function secondOf(named: readonly { readonly name?: string | undefined }[]): number[] {
  const seen = new Set<string>();
  return [...named.entries()].flatMap(([index, { name }]) => {
    if (name === undefined) return [];
    if (seen.has(name)) return [index];
    seen.add(name);
    return [];
  });
}

function faultsOf(issue: z.core.$ZodIssue): InputFault[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const one = (text: string): InputFault[] => [{ path, text }];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((name) => ({
        path: [...path, name],
        text: 'is no member',
        unknown: { name, members: membersAt(path) },
      }));
    case 'invalid_type':
      return one(issue.input === undefined ? 'is missing' : `must be ${typeWords(issue.expected)}`);
    case 'too_small':
      return one(
        issue.origin === 'number' || issue.origin === 'int'
          ? `must be ${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}`
          : 'must not be empty',
      );
    case 'too_big':
      return one(
        issue.origin === 'number' || issue.origin === 'int' ? `must be at most ${issue.maximum}` : 'is too long',
      );
    default:
      return one(issue.message);
  }
}

function membersAt(path: Path): readonly string[] {
  const words = path.filter((step) => typeof step === 'string');
  const last = words.at(-1) ?? '';
  const byPlace: Readonly<Record<string, { readonly shape: object }>> = {
    '': workloadShape,
    agents: agentShape,
    roles: roleShape,
    frameworks: shapes.frameworkShape,
    jobs: shapes.jobShape,
    prefers: preferenceShape,
    compare: policyShape,
  };
  return Object.keys(byPlace[last]?.shape ?? {});
}
