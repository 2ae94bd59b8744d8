// What is stored of a deployment: its steps and the versions of its apps, not their definitions (marathon.md 12.8). So a
// stored deployment needs neither the root it came from nor the one it leads to, only versions of apps, which are kept
// as long as it is there.
import * as z from 'zod';
import type { App } from '../model/app.ts';
import type { AppChange, DeploymentAction, DeploymentPlan, GroupChange } from '../model/deployment.ts';
import type { InstanceId } from '../model/instance.ts';
import type { PathId } from '../model/path-id.ts';
import type { Timestamp } from '../model/time.ts';

/** Prefix of all keys of deployments. */
export const DEPLOYMENTS = 'deployments/';

const FORMAT = 1;
/** A value of the store holds more; this leaves room. Everything in a record is ASCII, so characters are bytes. */
const PART_LENGTH = 180_000;

const KINDS = ['StartApplication', 'StopApplication', 'ScaleApplication', 'RestartApplication'] as const;

const groupSchema = z.object({ dependencies: z.array(z.string()), enforceRole: z.boolean().optional() }).optional();
const recordSchema = z.object({
  id: z.string(),
  version: z.string(),
  startedAt: z.string(),
  /** Id, version before, version after; null = not there. */
  apps: z.array(z.tuple([z.string(), z.string().nullable(), z.string().nullable()])),
  groups: z.array(z.object({ id: z.string(), before: groupSchema, after: groupSchema })),
  /** Steps of actions: index of the kind, index of the app, instances to kill. */
  steps: z.array(z.array(z.tuple([z.number(), z.number(), z.array(z.string())]))),
});

/** A deployment as stored. */
export type DeploymentRecord = z.infer<typeof recordSchema>;

/** Entries of the store for a deployment, `[key, text]`; one unless it is very large. */
export function recordEntries(plan: DeploymentPlan, startedAt: Timestamp): [string, string][] {
  const text = JSON.stringify(recordOf(plan, startedAt));
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += PART_LENGTH) parts.push(text.slice(at, at + PART_LENGTH));
  const key = `${DEPLOYMENTS}${plan.id}`;
  if (parts.length === 1) return [[key, `{"format":${FORMAT},"deployment":${text}}`]];
  const head = JSON.stringify({ format: FORMAT, parts: parts.length });
  return [[key, head], ...parts.map((part, i): [string, string] => [partKey(plan.id, i), part])];
}

function partKey(id: string, index: number): string {
  return `${DEPLOYMENTS}${id}/${index}`;
}

function recordOf(plan: DeploymentPlan, startedAt: Timestamp): DeploymentRecord {
  const { id, version, changes, steps } = plan;
  const indexes = new Map(changes.apps.map((change, i) => [change.id, i]));
  const indexOf = (appId: PathId): number => {
    const index = indexes.get(appId);
    if (index === undefined) throw new Error(`deployment ${id} acts on ${appId}, which it does not change`);
    return index;
  };
  return {
    id,
    version,
    startedAt,
    apps: changes.apps.map((change) => [change.id, change.before?.version ?? null, change.after?.version ?? null]),
    groups: changes.groups.map((change) => ({
      id: change.id,
      before: change.before && { ...change.before, dependencies: [...change.before.dependencies] },
      after: change.after && { ...change.after, dependencies: [...change.after.dependencies] },
    })),
    steps: steps.map(({ actions }) =>
      actions.map((action) => [
        KINDS.indexOf(action.kind),
        indexOf(action.app.id),
        action.kind === 'ScaleApplication' ? [...action.instancesToKill] : [],
      ]),
    ),
  };
}

/** Of entries below `DEPLOYMENTS`, oldest first. Throws on one that is of a newer format or damaged. */
export function parseRecords(entries: ReadonlyMap<string, string>): DeploymentRecord[] {
  const records: DeploymentRecord[] = [];
  for (const [key, text] of entries) {
    const id = key.slice(DEPLOYMENTS.length);
    if (!id.includes('/')) records.push(parseRecord(id, text, entries));
  }
  return records.sort((a, b) => (a.startedAt === b.startedAt ? 0 : a.startedAt < b.startedAt ? -1 : 1));
}

function parseRecord(id: string, text: string, entries: ReadonlyMap<string, string>): DeploymentRecord {
  const key = `${DEPLOYMENTS}${id}`;
  try {
    const head = z
      .object({ format: z.number(), parts: z.number().optional(), deployment: z.unknown().optional() })
      .parse(JSON.parse(text));
    if (head.format !== FORMAT) throw new Error(`its format is ${head.format}; this version reads ${FORMAT}`);
    if (head.parts === undefined) return recordSchema.parse(head.deployment);
    const parts = Array.from({ length: head.parts }, (_, i) => entries.get(partKey(id, i)) ?? '');
    return recordSchema.parse(JSON.parse(parts.join('')));
  } catch (error) {
    throw new Error(`the stored deployment ${key} cannot be read: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

/** Finds the definitions again. Throws when one is not kept any more, or an action is of an unknown kind. */
export async function planOf(
  record: DeploymentRecord,
  appVersion: (id: PathId, version: Timestamp) => Promise<App | undefined>,
): Promise<DeploymentPlan> {
  const find = async (id: PathId, version: string | null): Promise<App | undefined> => {
    if (version === null) return undefined;
    const app = await appVersion(id, version as Timestamp);
    if (app === undefined) throw new Error(`app ${id} is not kept in version ${version}`);
    return app;
  };
  const apps = await Promise.all(
    record.apps.map(async ([id, before, after]): Promise<AppChange> => {
      const appId = id as PathId;
      return { id: appId, before: await find(appId, before), after: await find(appId, after) };
    }),
  );
  const steps = record.steps.map((actions) => ({
    actions: actions.map(([kind, index, named]) => actionOf(KINDS[kind], apps[index], named)),
  }));
  const groups = record.groups as unknown as GroupChange[];
  return { id: record.id, version: record.version as Timestamp, changes: { apps, groups }, steps };
}

function actionOf(
  kind: DeploymentAction['kind'] | undefined,
  change: AppChange | undefined,
  named: readonly string[],
): DeploymentAction {
  const app = kind === 'StopApplication' ? change?.before : change?.after;
  if (kind === undefined || app === undefined) throw new Error('an action is of a kind or an app that is not known');
  return kind === 'ScaleApplication'
    ? { kind, app, instancesToKill: named as readonly string[] as InstanceId[] }
    : { kind, app };
}
