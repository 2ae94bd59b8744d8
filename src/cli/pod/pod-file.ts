// The file of `mctl pod run`: a task group as people write it, in JSON or YAML, read to what is wanted. Everything wrong is
// told at once, each with its line.
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import * as z from 'zod';
import { CodecError, fromJson } from '../../mesos/codec.ts';
import { CheckInfo, HealthCheck } from '../../mesos/generated/v1.ts';
import { EXIT } from '../exit-codes.ts';
import type { InputDocument } from '../marathon/input/documents.ts';
import { Problem } from '../problem.ts';

const amount = z.number().min(0);
/** Part of task ids and of paths in the sandbox. */
const name = z.string().regex(/^[\w.-]{1,100}$/, 'must have 1 to 100 letters, digits, dots, dashes and underscores');
const insidePath = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !path.split('/').includes('..'), 'must be a path within the sandbox');

/** A directory that tasks of the group share. */
const volume = z.strictObject({ shared: insidePath, path: insidePath });

const task = z.strictObject({
  name,
  /** One text is a line for the shell, a list is a program and its arguments. */
  command: z.union([z.string().min(1), z.array(z.string()).min(1)]),
  cpus: amount.default(0.1),
  mem: amount.default(32),
  disk: amount.default(0),
  env: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  uris: z.array(z.string()).default([]),
  volumes: z.array(volume).default([]),
  health_check: z.unknown().optional(),
  check: z.unknown().optional(),
});

const pod = z.strictObject({
  name,
  role: z.string().default('*'),
  user: z.string().optional(),
  attributes: z.record(z.string(), z.string()).default({}),
  /** Own limits for each task instead of common ones. */
  separate_limits: z.boolean().default(false),
  executor: z
    .strictObject({ cpus: amount.default(0.1), mem: amount.default(32), disk: amount.default(32) })
    .default({ cpus: 0.1, mem: 32, disk: 32 }),
  tasks: z.array(task).min(1).max(100),
});

export type PodTask = Omit<z.infer<typeof task>, 'health_check' | 'check'> & {
  readonly taskId: string;
  readonly healthCheck: HealthCheck | undefined;
  readonly check: CheckInfo | undefined;
};

/** A task group that is wanted. Memory and disk in MB. */
export interface PodRequest extends Omit<z.infer<typeof pod>, 'tasks' | 'user'> {
  readonly user: string;
  readonly executorId: string;
  readonly tasks: readonly PodTask[];
}

/** Throws Problem `usage` with everything that is wrong. */
export function podRequest(document: InputDocument, newId: () => string = randomUUID): PodRequest {
  const parsed = pod.safeParse(document.value);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => {
      const steps = path.map((step) => (typeof step === 'number' ? step : String(step)));
      return `${document.place(steps)}  ${steps.join('.') || 'the pod'}: ${message}`;
    });
    throw wrong(document, lines);
  }
  const { tasks, user, ...rest } = parsed.data;
  const twice = tasks.find((one, index) => tasks.findIndex((other) => other.name === one.name) < index);
  if (twice !== undefined) throw wrong(document, [`two tasks are called ${twice.name}`]);
  const suffix = newId().slice(0, 8);
  return {
    ...rest,
    user: user ?? userInfo().username,
    executorId: `${rest.name}.${suffix}`,
    tasks: tasks.map(({ health_check, check, ...one }, index) => ({
      ...one,
      taskId: `${rest.name}.${one.name}.${suffix}`,
      healthCheck: read(document, HealthCheck, health_check, ['tasks', index, 'health_check']),
      check: read(document, CheckInfo, check, ['tasks', index, 'check']),
    })),
  };
}

/** A message of the v1 API as it is. */
function read<M>(
  document: InputDocument,
  type: Parameters<typeof fromJson<M>>[0],
  value: unknown,
  path: readonly (string | number)[],
): M | undefined {
  if (value === undefined) return undefined;
  try {
    return fromJson(type, value);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw wrong(document, [`${document.place(path)}  ${path.join('.')}: ${error.message}`]);
  }
}

function wrong(document: InputDocument, lines: readonly string[]): Problem {
  return new Problem(EXIT.usage, {
    what: `${document.source} is no pod.`,
    why: lines.slice(0, 20).join('\n'),
    next: 'mctl pod run --help',
  });
}
