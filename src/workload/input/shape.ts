// The shape of a workload file, with its defaults. Unknown members are faults: a slip would change what is answered.
import * as z from 'zod';
import { amounts, counts, duration, durations } from './amounts.ts';

const name = z.string().regex(/^[\w.-]{1,60}$/, 'must have 1 to 60 letters, digits, dots, dashes and underscores');
const role = z
  .string()
  .regex(/^[\w.-]+(\/[\w.-]+)*$/, 'must be a role such as analytics or analytics/nightly')
  .max(200);
const text = z.string().min(1).max(200);
const attributes = z.record(text, text);
const whole = (max: number): z.ZodNumber => z.int().min(1).max(max);

export const preferenceShape = z.strictObject({
  replicas: whole(10).optional(),
  attributes: attributes.optional(),
  wait: duration.optional(),
  slowdown: z.number().min(1).max(1000).default(1),
});

export const jobShape = z.strictObject({
  name: name.optional(),
  count: whole(10_000_000).optional(),
  start: durations.optional(),
  every: durations.optional(),
  after: durations.optional(),
  tasks: counts,
  resources: amounts,
  duration: durations,
  minParallel: whole(100_000).default(1),
  maxParallel: whole(10_000_000).optional(),
  patience: duration.optional(),
  prefers: preferenceShape.optional(),
});

export const frameworkShape = z.strictObject({
  name,
  count: whole(10_000).default(1),
  role: role.optional(),
  capabilities: z.array(z.string().regex(/^[A-Z_]+$/, 'must be a capability such as GPU_RESOURCES')).default([]),
  order: z.enum(['fifo', 'fair'], 'must be fifo or fair').default('fifo'),
  refuse: duration.optional(),
  minimumOffer: amounts.optional(),
  where: attributes.default({}),
  partition: z.number().positive().max(1e6).default(1),
  sharing: z.enum(['shared', 'partition'], 'must be shared or partition').default('shared'),
  jobs: z.array(jobShape).min(1).max(1000),
});

export const agentShape = z.strictObject({
  name: name.optional(),
  count: whole(100_000).default(1),
  resources: amounts,
  attributes: attributes.default({}),
  racks: whole(10_000).optional(),
  region: text.optional(),
  zone: text.optional(),
});

export const roleShape = z.strictObject({
  name: role,
  weight: z.number().positive().max(1e6).default(1),
  guarantee: amounts.optional(),
  limit: amounts.optional(),
});

export const policyShape = z.strictObject({
  name: text.optional(),
  policy: z.enum(['drf', 'random', 'static'], 'must be drf, random or static').default('drf'),
  wait: duration.optional(),
});

export const workloadShape = z.strictObject({
  name: text.optional(),
  seed: z.int().min(0).default(1),
  duration: duration.optional(),
  allocationInterval: duration.optional(),
  region: text.optional(),
  agents: z.array(agentShape).min(1).max(1000),
  roles: z.array(roleShape).max(10_000).default([]),
  frameworks: z.array(frameworkShape).min(1).max(1000),
  compare: z
    .array(policyShape)
    .min(1)
    .max(20)
    .default([{ policy: 'drf' }]),
});
