// Chronos as its leadership sees it: what it does when it leads, and what it says when it does not (chronos.md 8.24, 8.25).
import type { MasterPlaces } from '../../client/leader-source.ts';
import type { HttpResponse } from '../../world/net.ts';
import { apiRequest } from '../serving/http/api-request.ts';
import { NO_CACHE } from '../serving/http/json-answers.ts';
import type { Office } from '../serving/leadership/office.ts';
import type { LogLevels } from '../serving/process/log-levels.ts';
import { Chronos } from './chronos.ts';
import type { ChronosOptions } from './flags.ts';
import { problem } from './http/answers.ts';
import { createApi } from './http/index.ts';
import { Memory } from './http/memory.ts';
import type { Mailer } from './notices/mail.ts';
import type { NoticeOptions } from './notices/options.ts';

/** `own`: how others reach it, `hostname:port`. `masters`: instead of the addresses of `--master`. */
export interface OfficeSetting {
  readonly options: ChronosOptions;
  readonly masters?: MasterPlaces | undefined;
  readonly notices: NoticeOptions;
  readonly mailer: Mailer | undefined;
  readonly own: string;
  readonly electionPlace: string | undefined;
  readonly webUiUrl: string;
  /** `--user`, or whom this process runs as. */
  readonly user: string;
  readonly logLevels: LogLevels;
}

/** For Leadership. */
export function chronosOffice(setting: OfficeSetting): Office<Chronos> {
  const { options, masters, notices, mailer, own, electionPlace, webUiUrl, user, logLevels } = setting;
  let storeErrors = 0;
  const memory = new Memory();
  return {
    name: 'Chronos',
    electionPlace,
    create: (grounds) => {
      const { store } = grounds;
      const commit: typeof store.commit = async (changes, how) => {
        try {
          await store.commit(changes, how);
        } catch (error) {
          storeErrors += 1;
          throw error;
        }
      };
      const counted = { read: store.read.bind(store), close: store.close.bind(store), commit };
      return new Chronos({ ...grounds, store: counted, options, masters, notices, mailer, webUiUrl });
    },
    createApi: (chronos) => {
      const api = createApi(chronos, {
        leader: () => own,
        allowedOrigin: options.accessControlAllowOrigin === '' ? undefined : options.accessControlAllowOrigin,
        compresses: options.httpCompression,
        user,
        historyLimit: options.jobHistoryLimit,
        metricsJson: () => chronos.metrics.json(),
        metricsText: () => chronos.metrics.text({ storeErrors }),
        answered: (route, startMs, endMs) => chronos.metrics.answered(route, startMs, endMs),
        logLevel: () => logLevels.level,
        setLogLevel: (level) => logLevels.set(level),
      });
      memory.keep(chronos, api);
      return api;
    },
    refused: (status, message) => problem(status, message),
    headers: NO_CACHE,
    // A process that is well says so whoever leads, as supervisors ask it; and Prometheus asks each whether it does.
    answersAlone: (request, as) => {
      switch (apiRequest(request).segments.join('/')) {
        case 'ping':
          return read(request.method, 'pong');
        case 'metrics/prometheus':
          return read(request.method, LEADS_NOT, 'text/plain; version=0.0.4; charset=utf-8');
        default:
          return as === 'standby' ? undefined : memory.answer(request);
      }
    },
    isRedirected: () => false,
    viaHeader: 'x-chronos-via',
    proxy: options,
    loadLimitMs: options.onElectedPrepareTimeoutMs,
  };
}

/** What is counted is counted by who leads. */
const LEADS_NOT = '# TYPE chronos_leader gauge\nchronos_leader 0\n';

function read(method: string, body: string, contentType = 'text/plain; charset=utf-8'): HttpResponse | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  return { status: 200, headers: { 'content-type': contentType }, body };
}
