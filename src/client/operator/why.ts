// Why a framework is offered what it is: GET /mctl/v1/why of mctl's masters. Other masters answer `not-found`.
import { z } from 'zod';
import { ApiError } from '../api-error.ts';
import type { MasterClient } from './master.ts';

const amounts = z.record(z.string(), z.number());
const order = z.object({ first: z.array(z.string()), total: z.number(), position: z.number().optional() });

const verdict = z.object({
  /** See `VerdictKind` of the allocator; a newer master may know more of them. */
  verdict: z.string(),
  agents: z.number(),
  examples: z.array(
    z.object({
      agent_id: z.string(),
      hostname: z.string().optional(),
      resources: z.string(),
      ends_ms: z.number().optional(),
    }),
  ),
});

const role = z.object({
  role: z.string(),
  absence: z.string().optional(),
  share: z.number(),
  role_share: z.number(),
  weight: z.number(),
  role_order: order,
  framework_order: order,
  quota: z.object({ role: z.string(), guarantees: amounts, limits: amounts, consumed: amounts }).optional(),
  headroom: z.object({ required: amounts, available: amounts }).optional(),
  minimum: z.array(amounts),
  filters: z.number(),
  agents: z.number(),
  verdicts: z.array(verdict),
});

const answer = z.object({ framework_id: z.string(), name: z.string(), paused: z.boolean(), roles: z.array(role) });

/** Amounts in units, memory and disk in MB, times in ms since 1970. */
export type FrameworkWhy = z.infer<typeof answer>;
/** The framework in one of its roles. */
export type RoleWhy = z.infer<typeof role>;

/** `role`: only that one of its roles. Throws ApiError; `not-found` from masters that are not mctl's. */
export async function askFrameworkWhy(master: MasterClient, frameworkId: string, role?: string): Promise<FrameworkWhy> {
  const query = new URLSearchParams({ framework: frameworkId, ...(role !== undefined && { role }) });
  const document = answer.safeParse(await master.legacy(`/mctl/v1/why?${query}`));
  if (document.success) return document.data;
  const { address } = master.api;
  throw new ApiError(
    'unreadable',
    address,
    `${address} answered /mctl/v1/why with something else: ${document.error.message}`,
  );
}
