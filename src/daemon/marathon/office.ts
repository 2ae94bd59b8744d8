// Marathon as its leadership sees it: what it does when it leads, and what it says when it does not (marathon.md 1.3, 20.1).
import type { MasterPlaces } from '../../client/leader-source.ts';
import type { Office } from '../serving/leadership/office.ts';
import type { LogLevels } from '../serving/process/log-levels.ts';
import type { MarathonOptions } from './flags.ts';
import { NO_CACHE, refused } from './http/answers.ts';
import { createApi } from './http/index.ts';
import { apiRequest } from './http/request.ts';
import { rootRoute } from './http/routes/pages.ts';
import { pingRoute } from './http/routes/system.ts';
import { Marathon } from './marathon.ts';
import { Refusal } from './refusals.ts';

/** `own`: how others reach it; `address` is `hostname:port`. `masters`: instead of the addresses of `--master`. */
export interface OfficeSetting {
  readonly options: MarathonOptions;
  readonly masters?: MasterPlaces | undefined;
  readonly own: { readonly hostname: string; readonly port: number; readonly address: string };
  readonly webUiUrl: string;
  readonly logLevels: LogLevels;
}

/** For Leadership. */
export function marathonOffice({ options, masters, own, webUiUrl, logLevels }: OfficeSetting): Office<Marathon> {
  const whereabouts = { leader: own.address, elected: true, httpPort: own.port, hostname: own.hostname };
  return {
    name: 'Marathon',
    create: (grounds) => new Marathon({ ...grounds, options, masters, webUiUrl }),
    createApi: (marathon, { abdicate }) =>
      createApi(marathon, {
        whereabouts: () => whereabouts,
        abdicate,
        logLevel: () => logLevels.level,
        setLogLevel: (to, durationSeconds) => logLevels.set(to, durationSeconds),
      }),
    refused: (status, message) => refused(new Refusal(status, message)),
    headers: NO_CACHE,
    answersAlone(request, as) {
      const asked = apiRequest(request);
      // The bare address leads to the UI on every node.
      if (as === 'standby') return asked.segments.length === 0 ? rootRoute(asked, []) : undefined;
      if (as === 'leaderless') return undefined;
      // The process is well, and nobody gains by ending it.
      return asked.segments.join('/') === 'ping' ? pingRoute(asked, []) : undefined;
    },
    isRedirected(request) {
      const { segments, path } = apiRequest(request);
      return (segments[0] === 'v2' && segments[1] === 'events') || path.startsWith('/v2/events');
    },
    viaHeader: 'x-marathon-via',
    proxy: options,
    loadLimitMs: options.onElectedPrepareTimeoutMs,
  };
}
