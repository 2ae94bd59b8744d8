// The file of `mctl pod run`: a task group as people write it, in JSON or YAML, read to what is wanted. Everything wrong is
// told at once, each with its line.
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import * as z from 'zod';
import { CodecError, fromJson } from '../../mesos/codec.ts';
import { CheckInfo, HealthCheck } from '../../mesos/generated/v1.ts';
import { typeWords } from '../../mesos/text/type-words.ts';
import { EXIT } from '../exit-codes.ts';
import { nearest } from '../ids.ts';
import type { InputDocument } from '../marathon/input/documents.ts';
import { Problem } from '../problem.ts';

const amount = z.number().min(0);
/** Part of task ids and of paths in the sandbox. */
const name = z.string().regex(/^[\w.-]{1,100}$/, 'must have 1 to 100 letters, digits, dots, dashes and underscores');
const insidePath = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !path.split('/').includes('..'), 'must be a path within the sandbox');

const NO_COMMAND = 'must be a line for the shell, or a list of a program and its arguments';

/** A directory that tasks of the group share. */
const volume = z.strictObject({ shared: insidePath, path: insidePath });

const task = z.strictObject({
  name,
  /** One text is a line for the shell, a list is a program and its arguments. */
  command: z.union([z.string().min(1), z.array(z.string()).min(1)], NO_COMMAND),
  cpus: amount.default(0.1),
  mem: amount.default(32),
  disk: amount.default(0),
  env: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  uris: z.array(z.string()).default([]),
  volumes: z.array(volume).default([]),
  health_check: z.unknown().optional(),
  check: z.unknown().optional(),
});

const executor = z.strictObject({ cpus: amount.default(0.1), mem: amount.default(32), disk: amount.default(32) });

const pod = z.strictObject({
  name,
  role: z.string().default('*'),
  user: z.string().optional(),
  attributes: z.record(z.string(), z.string()).default({}),
  /** Own limits for each task instead of common ones. */
  separate_limits: z.boolean().default(false),
  executor: executor.default({ cpus: 0.1, mem: 32, disk: 32 }),
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
  const parsed = pod.safeParse(document.value, { reportInput: true });
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const steps = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
      return `${document.place(steps)}  ${steps.join('.') || 'the pod'}: ${faultText(issue)}`;
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

/** One fault as people say it. */
function faultText(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownText(key, membersAt(issue.path))).join(', ');
    case 'invalid_union':
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return issue.code === 'invalid_union' ? issue.message : `must be ${typeWords(issue.expected)}`;
    case 'too_small':
      return issue.origin === 'number' ? `must be at least ${issue.minimum}` : 'must not be empty';
    default:
      return issue.message;
  }
}

function unknownText(key: string, members: readonly string[]): string {
  const meant = nearest(key, members);
  return `${key} is no member${meant === undefined ? '' : `; is it ${meant}?`}`;
}

function membersAt(path: readonly PropertyKey[]): readonly string[] {
  if (path.includes('volumes')) return Object.keys(volume.shape);
  if (path.includes('tasks')) return Object.keys(task.shape);
  return Object.keys(path.includes('executor') ? executor.shape : pod.shape);
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
