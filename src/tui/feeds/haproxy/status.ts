// The status file of `mctl haproxy` (haproxy.md 10.11), as far as it is shown; other members are nobody's business here.
import { z } from 'zod';
import type { HaproxyView } from '../../view/model.ts';

const status = z.looseObject({
  configPath: z.string(),
  lastSuccessMs: z.number().optional(),
  lastTurn: z.looseObject({ outcome: z.string() }).optional(),
  lastError: z.looseObject({ message: z.string(), atMs: z.number() }).optional(),
  reloads: z.record(z.string(), z.number()).default({}),
  counts: z.looseObject({ services: z.number(), servers: z.number() }).optional(),
  excluded: z.array(z.looseObject({ appId: z.string(), reason: z.string() })).default([]),
});

/** A file that is none of `mctl haproxy`. */
export class StatusFileError extends Error {
  override readonly name = 'StatusFileError';
  readonly code = 'unreadable';
}

/** Throws StatusFileError. */
export function readStatus(text: string): HaproxyView {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new StatusFileError('not a status file of mctl haproxy', { cause });
  }
  const parsed = status.safeParse(value);
  if (!parsed.success) throw new StatusFileError('not a status file of mctl haproxy', { cause: parsed.error });
  const { configPath, lastSuccessMs, lastTurn, lastError, reloads, counts, excluded } = parsed.data;
  return {
    configPath,
    lastSuccessMs,
    lastOutcome: lastTurn?.outcome,
    lastErrorMs: lastError?.atMs,
    lastError: lastError?.message,
    reloads: Object.values(reloads).reduce((sum, count) => sum + count, 0),
    services: counts?.services,
    servers: counts?.servers,
    excluded: excluded.map(({ appId, reason }) => `${appId}: ${reason}`),
  };
}
