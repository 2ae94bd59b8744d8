// What only our Marathon answers, below /mctl/v1: how a deployment goes on, why an app does not start, what a change would
// do. Other Marathons do not have these paths.
import { z } from 'zod';
import { appInfo } from './answers.ts';

/** States of one instance, as a person who follows a deployment sees them. */
export const INSTANCE_MARKS = [
  'waiting',
  'staged',
  'running',
  'healthy',
  'unhealthy',
  'old',
  'killed',
  'unreachable',
] as const;
/** One of them. */
export type InstanceMark = (typeof INSTANCE_MARKS)[number];

const actionProgress = z.looseObject({
  action: z.string(),
  appId: z.string(),
  target: z.number(),
  done: z.boolean(),
  /** In plain words. */
  waitsFor: z.string().optional(),
  instances: z.array(z.looseObject({ id: z.string(), mark: z.enum(INSTANCE_MARKS), host: z.string().optional() })),
});
/** One app within the present step. */
export type ActionProgress = z.infer<typeof actionProgress>;

export const deploymentProgress = z.looseObject({
  id: z.string(),
  state: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
  reason: z.string().optional(),
  currentStep: z.number(),
  totalSteps: z.number(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  actions: z.array(actionProgress),
});
/** A deployment under way, or one of the last that ended. */
export type DeploymentProgress = z.infer<typeof deploymentProgress>;

const constraint = z.looseObject({ field: z.string(), operator: z.string(), value: z.string().optional() });

const shortfall = z.looseObject({
  reason: z.string(),
  kind: z.string().optional(),
  constraint: constraint.optional(),
  value: z.string().optional(),
  placed: z.number().optional(),
  resource: z.string().optional(),
  needed: z.number().optional(),
  available: z.number().optional(),
  missing: z.array(z.number()).optional(),
  offered: z.array(z.string()).optional(),
  accepted: z.array(z.string()).optional(),
  region: z.string().optional(),
});
/** One thing an agent lacks; numbers are cpus, MiB, ports. */
export type Shortfall = z.infer<typeof shortfall>;

const change = z.looseObject({
  kind: z.string(),
  resource: z.string().optional(),
  name: z.string().optional(),
  ports: z.array(z.number()).optional(),
  /** Not there when it is something new. */
  from: z.unknown().optional(),
  /** Not there when leaving it out is what helps. */
  to: z.unknown().optional(),
});
/** One change of the definition that would help. */
export type SuggestedChange = z.infer<typeof change>;

const explanation = z.looseObject({
  missing: z.number(),
  places: z.number(),
  state: z.enum(['complete', 'delayed', 'fits', 'partly', 'none', 'no-agents']),
  agentCount: z.number(),
  funnel: z.array(z.looseObject({ reason: z.string(), declined: z.number(), processed: z.number() })),
  agents: z.array(
    z.looseObject({
      agentId: z.string(),
      hostname: z.string(),
      places: z.number(),
      reason: z.string().optional(),
      shortfalls: z.array(shortfall),
    }),
  ),
  agentsLeftOut: z.number().default(0),
  suggestions: z
    .array(z.looseObject({ changes: z.array(change), places: z.number(), placesAll: z.boolean() }))
    .default([]),
});
/** The matcher's answer over all agents. */
export type PlacementExplanation = z.infer<typeof explanation>;

export const appWhy = z.looseObject({
  app: appInfo,
  missing: z.number(),
  /** When the back-off ends. */
  delayedUntil: z.string().optional(),
  why: explanation,
});
/** Why an app's instances do not start. */
export type AppWhy = z.infer<typeof appWhy>;

const definition = z.record(z.string(), z.unknown()).nullable();

export const planPreview = z.looseObject({
  steps: z.array(
    z.looseObject({ actions: z.array(z.looseObject({ action: z.string(), app: z.string() })).default([]) }),
  ),
  changes: z.array(z.looseObject({ id: z.string(), before: definition, after: definition })),
  placement: z
    .array(
      z.looseObject({
        app: z.string(),
        count: z.number().default(0),
        agents: z.array(z.looseObject({ hostname: z.string(), instances: z.number() })).default([]),
        unplaced: z.number().default(0),
        why: explanation.optional(),
      }),
    )
    .default([]),
});
/** What a change would do. */
export type PlanPreview = z.infer<typeof planPreview>;
