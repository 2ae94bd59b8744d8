// What Chronos says of itself: /ping, /leader, /metrics, /logging and the bare address (chronos.md 8.18, 8.19, 15).
import * as z from 'zod';
import { json } from '../../../serving/http/json-answers.ts';
import { badRequest, plain } from '../answers.ts';
import type { ApiControl } from '../api-core.ts';
import { jsonBody } from '../request.ts';
import type { Methods, Paths } from '../table.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const levelForm = z.object({ level: z.string().toLowerCase().pipe(z.enum(LEVELS)) });

/** `{"leader": "host:port"}`. */
export function leaderMethods(control: ApiControl): Methods {
  return { GET: () => json({ leader: control.leader() }) };
}

/** Of the bare address and what lies below it. */
export function systemPaths(control: ApiControl): Paths {
  return {
    '': { GET: () => plain(PAGE, 'text/html; charset=utf-8') },
    ping: { GET: () => plain('pong') },
    leader: leaderMethods(control),
    metrics: { GET: () => json(control.metricsJson()) },
    'metrics/prometheus': {
      GET: () => plain(control.metricsText(), 'text/plain; version=0.0.4; charset=utf-8'),
    },
    logging: {
      GET: () => json({ ROOT: control.logLevel().toUpperCase() }),
      POST: (request) => {
        const parsed = levelForm.safeParse(jsonBody(request));
        if (!parsed.success) throw badRequest(`{"level": …} with one of ${LEVELS.join(', ')} is expected`);
        control.setLogLevel(parsed.data.level);
        return json({ ROOT: parsed.data.level.toUpperCase() });
      },
    },
  };
}

const PAGE =
  '<!doctype html><title>Chronos</title><p>There is no web page yet. Try <code>mctl job list</code>, ' +
  'or the API at <a href="/v1/scheduler/jobs">/v1/scheduler/jobs</a>.</p>\n';
