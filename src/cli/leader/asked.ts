// Leadership as a master, Marathon or Chronos tells it over HTTP, where no ensemble can be asked.
import { ApiError } from '../../client/api-error.ts';
import { ChronosError } from '../../client/chronos/error.ts';
import type { ChronosClient } from '../../client/chronos.ts';
import { MarathonError } from '../../client/marathon/error.ts';
import type { MarathonClient } from '../../client/marathon.ts';
import { MasterClient } from '../../client/operator.ts';
import { masterBase } from '../../cluster/leading-master.ts';
import type { Net } from '../../world/net.ts';
import { problemFrom } from '../failures.ts';
import type { LeadershipReport, ReportSource, ServiceReport } from './report.ts';

/** A leader answers at once, or the answer is not worth waiting for. */
const ELECTED_TIMEOUT_MS = 1_500;

/** Asked anew for every report. */
export function asking(ask: () => Promise<ServiceReport>): ReportSource {
  return {
    async report(): Promise<ServiceReport> {
      try {
        return await ask();
      } catch (error) {
        return troubleFrom(error);
      }
    },
    onChange: () => undefined,
    close: async () => undefined,
  };
}

/** Whatever was thrown, as a report. */
export function troubleFrom(error: unknown): ServiceReport {
  return { kind: 'trouble', problem: problemFrom(error) };
}

/** The leading master of those that were named. Throws ApiError. */
export async function askMaster(master: MasterClient, note: string): Promise<LeadershipReport> {
  const nobody = { kind: 'leadership', election: null, candidates: [], electedMs: null, note } as const;
  try {
    const { master_info: info, elected_time: elected, start_time: started } = await master.getMaster();
    const { host: asked } = new URL(master.api.address);
    return {
      ...nobody,
      candidates: [
        {
          address: info === undefined ? asked : new URL(masterBase(info)).host,
          id: info?.id ?? null,
          version: info?.version ?? null,
          leads: true,
          epoch: null,
          sinceMs: milliseconds(started),
        },
      ],
      electedMs: milliseconds(elected),
    };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'unavailable') return nobody;
    throw error;
  }
}

/** The leading Marathon, as any of them tells. Throws MarathonError. */
export async function askMarathon(marathon: MarathonClient, note: string): Promise<LeadershipReport> {
  const [leader, info] = await Promise.all([leaderOfMarathon(marathon), marathon.info()]);
  const version = info.version === '' ? null : info.version;
  const candidates =
    leader === undefined ? [] : [{ address: leader, id: null, version, leads: true, epoch: null, sinceMs: null }];
  return { kind: 'leadership', election: null, candidates, electedMs: null, note };
}

/** The leading Chronos, as any of them tells. Throws ChronosError. */
export async function askChronos(chronos: ChronosClient, note: string): Promise<LeadershipReport> {
  const nobody = { kind: 'leadership', election: null, candidates: [], electedMs: null, note } as const;
  try {
    const address = await chronos.leader();
    const candidate = { address, id: null, version: null, leads: true, epoch: null, sinceMs: null };
    return { ...nobody, candidates: [candidate] };
  } catch (error) {
    if (error instanceof ChronosError && error.code === 'unavailable') return nobody;
    throw error;
  }
}

/** `host:port`; undefined when nobody leads. Throws MarathonError. */
export async function leaderOfMarathon(marathon: MarathonClient): Promise<string | undefined> {
  try {
    return await marathon.leader();
  } catch (error) {
    if (error instanceof MarathonError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** When the master there was elected; ms since 1970. Null when it does not say so soon. */
export async function electedMs(net: Net, address: string): Promise<number | null> {
  try {
    const master = new MasterClient({ net, addresses: [address], timeoutMs: ELECTED_TIMEOUT_MS });
    return milliseconds((await master.getMaster()).elected_time);
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}

const milliseconds = (seconds: number | undefined): number | null =>
  seconds === undefined ? null : Math.round(seconds * 1000);
