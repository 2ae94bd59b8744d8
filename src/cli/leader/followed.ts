// Leadership as the ensemble has it: the candidates are followed, and every change is known as it comes.
import { masterBase } from '../../cluster/leading-master.ts';
import { Signal } from '../../cluster/zookeeper/election/signal.ts';
import {
  connectZooKeeper,
  type RosterNews,
  type StandingCandidate,
  type ZooKeeperAddress,
  ZooKeeperElection,
} from '../../cluster/zookeeper/index.ts';
import { CodecError, parseJson } from '../../mesos/codec.ts';
import { MasterInfo } from '../../mesos/generated/v1.ts';
import type { World } from '../../world/world.ts';
import { electionOf, type Service } from '../ensemble/services.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import { stateProblem } from '../state/problems.ts';
import {
  type CandidateReport,
  type LeadershipReport,
  leaderOf,
  type ReportSource,
  type ServiceReport,
} from './report.ts';

const SESSION_TIMEOUT_MS = 10_000;

/** What is followed. */
export interface FollowedOptions {
  readonly world: Pick<World, 'clock' | 'random' | 'log' | 'host'>;
  readonly service: Service;
  /** Places where its candidates may be, of one ensemble; the first where somebody stands counts. */
  readonly addresses: readonly [ZooKeeperAddress, ...ZooKeeperAddress[]];
  /** For the first answer. */
  readonly timeoutMs: number;
  /** When a leader was elected, asked once for each; ms since 1970. Never rejects. */
  readonly electedMs?: (address: string) => Promise<number | null>;
}

interface Followed {
  readonly address: ZooKeeperAddress;
  news: RosterNews | undefined;
}

/** Begins at once. */
export function followElection({ world, service, addresses, timeoutMs, electedMs }: FollowedOptions): ReportSource {
  const connection = connectZooKeeper(world, addresses[0], { sessionTimeoutMs: SESSION_TIMEOUT_MS });
  const news = new Signal(world.clock);
  const listeners: (() => void)[] = [];
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const followed: Followed[] = addresses.map((address) => ({ address, news: undefined }));
  const elections = followed.map((one) => {
    const election = new ZooKeeperElection(world, connection, electionOf(service, one.address.path));
    election.follow((latest) => {
      one.news = latest;
      news.raise();
      tell();
    });
    return election;
  });
  const times = electedMs && new ElectedTimes(electedMs, tell);
  return {
    async report() {
      const deadlineMs = world.clock.monotonicMs() + timeoutMs;
      while (followed.some((one) => one.news === undefined)) {
        const leftMs = deadlineMs - world.clock.monotonicMs();
        if (leftMs <= 0)
          return trouble(service, addresses[0], new Error(connection.trouble ?? 'nobody answered in time'));
        await news.wait(leftMs);
      }
      const report = reportOf(service, followed);
      return report.kind === 'leadership' && times !== undefined ? times.addedTo(report) : report;
    },
    onChange: (fn) => void listeners.push(fn),
    async close() {
      await Promise.all(elections.map((election) => election.close()));
      await connection.close();
    },
  };
}

function reportOf(service: Service, followed: readonly Followed[]): ServiceReport {
  const known = followed.flatMap(({ address, news }) => (news?.kind === 'candidates' ? [{ address, ...news }] : []));
  const chosen = known.find(({ candidates }) => candidates.length > 0);
  const troubled = followed.find(({ news }) => news?.kind === 'trouble');
  if (chosen === undefined && troubled?.news?.kind === 'trouble') {
    return trouble(service, troubled.address, troubled.news.error);
  }
  const place = chosen ?? known.find(({ isThere }) => isThere);
  if (place === undefined) {
    const where = followed.map(({ address }) => address.toString()).join(' or ');
    return { kind: 'none', why: `Nobody has ever stood for election at ${where}.` };
  }
  return {
    kind: 'leadership',
    election: place.address.toString(),
    candidates: place.candidates.map((candidate) => candidateOf(service, candidate)),
    electedMs: null,
  };
}

function candidateOf(service: Service, { data, isLeader, epoch, sinceMs }: StandingCandidate): CandidateReport {
  const said = service === 'master' ? masterOf(data) : { address: data, id: null, version: null };
  return { ...said, leads: isLeader, epoch, sinceMs };
}

/** Nodes are made by anybody who may: what is no MasterInfo is a candidate all the same. */
function masterOf(data: string): Pick<CandidateReport, 'address' | 'id' | 'version'> {
  try {
    const info = parseJson(MasterInfo, data);
    return { address: new URL(masterBase(info)).host, id: info.id, version: info.version ?? null };
  } catch (error) {
    if (error instanceof CodecError || error instanceof TypeError || error instanceof SyntaxError) {
      return { address: null, id: null, version: null };
    }
    throw error;
  }
}

function trouble(service: Service, address: ZooKeeperAddress, error: Error): ServiceReport {
  const what = `Who leads cannot be found out at ${address}.`;
  const problem = stateProblem(error, what);
  const next = `mctl leader ${service} --zk zk://host:port,…/path      (--timeout gives it more time)`;
  if (problem instanceof Problem) return { kind: 'trouble', problem };
  return {
    kind: 'trouble',
    problem: new Problem(EXIT.unreachable, { what, why: error.message, next }, { cause: error }),
  };
}

/** When leaders were elected, by their own word: waited for with the first report only, so that none that hangs delays news. */
class ElectedTimes {
  readonly #ask: (address: string) => Promise<number | null>;
  readonly #tell: () => void;
  readonly #known = new Map<string, number>();
  readonly #asked = new Set<string>();
  #isFirst = true;

  constructor(ask: (address: string) => Promise<number | null>, tell: () => void) {
    this.#ask = ask;
    this.#tell = tell;
  }

  async addedTo(report: LeadershipReport): Promise<LeadershipReport> {
    const leader = leaderOf(report);
    if (leader === undefined || leader.address === null) return report;
    const key = `${leader.epoch} ${leader.address}`;
    if (!this.#known.has(key) && !this.#asked.has(key)) {
      const answer = this.#learn(key, leader.address);
      if (this.#isFirst) await answer;
    }
    this.#isFirst = false;
    return { ...report, electedMs: this.#known.get(key) ?? null };
  }

  /** One that does not say it yet is asked again with a later report. */
  async #learn(key: string, address: string): Promise<void> {
    this.#asked.add(key);
    const electedMs = await this.#ask(address);
    this.#asked.delete(key);
    if (electedMs === null) return;
    this.#known.set(key, electedMs);
    this.#tell();
  }
}
