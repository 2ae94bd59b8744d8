// An instance as it is stored: `instances/<instanceId>`, JSON, its app by reference (marathon.md 20.3).
import { z } from 'zod';
import { type App, configVersionOf } from '../../model/app.ts';
import type { Instance, InstanceId } from '../../model/instance.ts';
import type { PathId } from '../../model/path-id.ts';
import type { Timestamp } from '../../model/time.ts';

/** Where instances are in the store. */
export const INSTANCES = 'instances/';
const FORMAT = 1;

// Messages of Mesos are stored as they came out of the codec; what it made once it would make again.
const message = <T>() => z.custom<T>((value) => typeof value === 'object' && value !== null);
const text = <T extends string>() => z.custom<T>((value) => typeof value === 'string');

const RECORD = z.object({
  format: z.literal(FORMAT),
  id: text<InstanceId>(),
  app: z.object({ id: text<PathId>(), version: text<Timestamp>(), configVersion: text<Timestamp>(), role: z.string() }),
  goal: z.enum(['Running', 'Stopped', 'Decommissioned']),
  condition: z.enum([
    'Scheduled',
    'Provisioned',
    'Staging',
    'Starting',
    'Running',
    'Killing',
    'Unreachable',
    'UnreachableInactive',
    'Error',
    'Failed',
    'Finished',
    'Killed',
    'Dropped',
    'Gone',
    'Unknown',
  ]),
  sinceMs: z.number(),
  activeSinceMs: z.number().optional(),
  healthy: z.boolean().optional(),
  unreachableSinceMs: z.number().optional(),
  agent: z
    .object({
      id: z.string(),
      host: z.string(),
      region: z.string().optional(),
      zone: z.string().optional(),
      attributes: z.array(message<NonNullable<Instance['agent']>['attributes'][number]>()),
    })
    .optional(),
  task: z
    .object({
      id: z.string(),
      incarnation: z.number(),
      stagedAtMs: z.number(),
      startedAtMs: z.number().optional(),
      status: message<NonNullable<NonNullable<Instance['task']>['status']>>().optional(),
      hostPorts: z.array(z.number()),
      containerPorts: z.array(z.number()).optional(),
    })
    .optional(),
});

/** An instance whose app is still to be found. */
export type InstanceRecord = z.infer<typeof RECORD>;

/** A record that cannot be understood: `newer-format` or `damaged`. Nothing can go on without it. */
export class InstanceRecordError extends Error {
  override readonly name = 'InstanceRecordError';
  readonly code: 'newer-format' | 'damaged';
  constructor(code: 'newer-format' | 'damaged', message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Text of the record. */
export function writeInstance({ app, ...rest }: Instance): string {
  const { id, version, role } = app;
  return JSON.stringify({ format: FORMAT, ...rest, app: { id, version, configVersion: configVersionOf(app), role } });
}

/** Reverse of `writeInstance`, but for the app. Throws InstanceRecordError. */
export function readInstance(key: string, content: string): InstanceRecord {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (error) {
    throw new InstanceRecordError('damaged', `The record ${key} is no JSON`, { cause: error });
  }
  const format = typeof json === 'object' && json !== null && 'format' in json ? json.format : undefined;
  if (typeof format === 'number' && format > FORMAT) {
    const said = `The record ${key} has format ${format}; this version reads up to ${FORMAT}. Start a newer one.`;
    throw new InstanceRecordError('newer-format', said);
  }
  const parsed = RECORD.safeParse(json);
  if (!parsed.success) {
    const said = `The record ${key} cannot be understood: ${z.prettifyError(parsed.error)}`;
    throw new InstanceRecordError('damaged', said);
  }
  return parsed.data;
}

/** `record` with its app found. */
export function withApp({ app: _, format: __, ...rest }: InstanceRecord, app: App): Instance {
  const { activeSinceMs, healthy, unreachableSinceMs, agent, task, ...always } = rest;
  return {
    ...always,
    app,
    ...(activeSinceMs !== undefined && { activeSinceMs }),
    ...(healthy !== undefined && { healthy }),
    ...(unreachableSinceMs !== undefined && { unreachableSinceMs }),
    ...(agent && { agent: withoutUndefined(agent) }),
    ...(task && { task: withoutUndefined(task) }),
  };
}

/** JSON has no undefined, so these members are there or absent; the schema's type cannot say so. */
function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return value as { [K in keyof T]: Exclude<T[K], undefined> };
}
