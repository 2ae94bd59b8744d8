// What Marathon says of itself: /v2/info, /v2/leader, /ping, /config and /logging (marathon.md 8).
import type { HttpResponse } from '../../../../world/net.ts';
import type { MarathonCore } from '../../core.ts';
import { notFound, Refusal } from '../../refusals.ts';
import { byMethod, json } from '../answers.ts';
import { type ApiRequest, jsonBody } from '../request.ts';
import type { Resource } from '../service.ts';
import { infoJson, shownFlags, type Whereabouts } from '../views/info.ts';

/** What these routes act on beside the core. */
export interface SystemControl {
  readonly whereabouts: () => Whereabouts;
  /** Gives up leadership: the process ends soon after. */
  abdicate(): void;
  /** Makes the log more or less talkative, for a while. */
  setLogLevel(level: 'debug' | 'info' | 'warn' | 'error', durationSeconds: number | undefined): void;
  readonly logLevel: () => string;
}

/** `GET /v2/info`. */
export function infoRoute(core: Pick<MarathonCore, 'options' | 'mesos'>, control: SystemControl): Resource {
  return (request, rest) => {
    if (rest.length > 0) throw notFound('URI not found');
    return byMethod(request.method, {
      GET: () => json(infoJson(core.options, core.mesos.frameworkId, control.whereabouts())),
    });
  };
}

/** GET tells who leads; DELETE makes us give it up. */
export function leaderRoute(control: SystemControl): Resource {
  return (request, rest) => {
    if (rest.length > 0) throw notFound('URI not found');
    return byMethod(request.method, {
      GET: () => json({ leader: control.whereabouts().leader }),
      DELETE: () => {
        if (request.query.first('backup') !== undefined || request.query.first('restore') !== undefined)
          throw new Refusal(422, 'Backup and restore are not there yet: leave the parameters out');
        control.abdicate();
        return json({ message: 'Leadership abdicated' });
      },
    });
  };
}

/** `pong`, in whichever of three types is asked for. */
export const pingRoute: Resource = (request, rest) => {
  if (rest.length > 0) throw notFound('URI not found');
  return byMethod(request.method, { GET: () => pong(request.headers.accept ?? '*/*') });
};

function pong(accept: string): HttpResponse {
  const accepted = new Set(accept.split(',').map((range) => range.split(';', 1)[0]?.trim().toLowerCase()));
  const takes = (...ranges: readonly string[]) => ranges.some((range) => accepted.has(range));
  const text = (type: string): HttpResponse => ({ status: 200, headers: { 'content-type': type }, body: 'pong' });
  if (takes('text/plain')) return text('text/plain');
  if (takes('text/html')) return text('text/html');
  if (takes('application/json')) return json('pong');
  if (takes('*/*', 'text/*')) return text('text/plain');
  if (takes('application/*')) return json('pong');
  return { status: 204 };
}

/** Effective values of all flags, secrets apart. */
export function configRoute(core: Pick<MarathonCore, 'options'>): Resource {
  return (request, rest) => {
    if (rest.length > 0) throw notFound('URI not found');
    return byMethod(request.method, { GET: () => json(shownFlags(core.options)) });
  };
}

const LEVELS: Readonly<Record<string, 'debug' | 'info' | 'warn' | 'error'>> = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  error: 'error',
};

/** There is one logger here, so any name of one means it. */
export function loggingRoute(control: SystemControl): Resource {
  return (request, rest) => {
    if (rest.length > 0) throw notFound('URI not found');
    return byMethod(request.method, {
      GET: () => json({ ROOT: control.logLevel().toUpperCase() }),
      POST: () => setLevel(request, control),
    });
  };
}

function setLevel(request: ApiRequest, control: SystemControl): HttpResponse {
  const body = jsonBody(request);
  const { level, logger, durationSeconds } = (typeof body === 'object' ? (body ?? {}) : {}) as Record<string, unknown>;
  const known = typeof level === 'string' ? LEVELS[level.toLowerCase()] : undefined;
  if (known === undefined)
    throw new Refusal(422, 'Invalid JSON', { details: [{ path: '/level', errors: ['error.unknown.enum.literal'] }] });
  if (durationSeconds !== undefined && !(typeof durationSeconds === 'number' && durationSeconds > 0))
    throw new Refusal(422, 'Invalid JSON', { details: [{ path: '/durationSeconds', errors: ['error.min'] }] });
  control.setLogLevel(known, durationSeconds);
  return json({ level, logger, ...(durationSeconds !== undefined && { durationSeconds }) });
}
