// What Marathon says of itself: /v2/info, /v2/leader, /ping, /config, /logging, /ui and the bare / (marathon.md 8).
import type { HttpResponse } from '../../../../world/net.ts';
import type { MarathonCore } from '../../core.ts';
import { notFound, Refusal } from '../../refusals.ts';
import { byMethod, json } from '../answers.ts';
import { type ApiRequest, jsonBody } from '../request.ts';
import type { Resource } from '../service.ts';
import { infoJson, type Whereabouts } from '../views/info.ts';

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
  const types = accept.split(',').map((part) => part.split(';')[0]?.trim().toLowerCase());
  const text = ['text/plain', 'text/html'].find((type) => types.includes(type));
  if (text !== undefined) return { status: 200, headers: { 'content-type': text }, body: 'pong' };
  if (types.includes('application/json')) return json('pong');
  if (types.some((type) => type === '*/*' || type === 'text/*'))
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'pong' };
  return { status: 204 };
}

/** Effective values of all flags. */
export function configRoute(core: Pick<MarathonCore, 'options'>): Resource {
  return (request, rest) => {
    if (rest.length > 0) throw notFound('URI not found');
    const { http_credentials: _, ...shown } = core.options.flagTexts;
    return byMethod(request.method, { GET: () => json(shown) });
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

/** The bare address leads to the UI, as it always did. */
export const rootRoute: Resource = (request) =>
  byMethod(request.method, { GET: () => ({ status: 302, headers: { location: '/ui/' } }) });

/** There is no page yet; who comes by habit is told where to look meanwhile. */
export const uiRoute: Resource = (request) =>
  byMethod(request.method, {
    GET: () => ({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: '<!doctype html><title>Marathon</title><p>There is no web page yet. Try <code>mctl app list</code>, or the API at <a href="/v2/apps">/v2/apps</a>.</p>\n',
    }),
  });
