// Where it is to be found out who leads: an ensemble that was named, that the cluster is known by, or that a daemon says it
// stands for election at; and only then what a daemon says of itself.
import type { ChronosClient } from '../../client/chronos.ts';
import type { MarathonClient } from '../../client/marathon.ts';
import type { MasterClient } from '../../client/operator.ts';
import { parseZooKeeperAddress, withoutCredentials, type ZooKeeperAddress } from '../../cluster/zookeeper/address.ts';
import type { RealWorld } from '../../world/real/index.ts';
import { electionAddress } from '../daemon/election-address.ts';
import { besideOf, type Service, titleOf } from '../ensemble/services.ts';
import { isElection } from '../masters/texts.ts';
import { askChronos, asking, askMarathon, askMaster, electedMs, troubleFrom } from './asked.ts';
import { followElection } from './followed.ts';
import type { LeadershipReport, ReportSource } from './report.ts';

/** For an ensemble that a daemon names: it may be out of reach from here. */
const HEARSAY_TIMEOUT_MS = 3_000;

/** Everything that may say where to look. */
export interface LeaderQuestion {
  readonly world: RealWorld;
  /** `--zk`: of the service that was named, or of any. */
  readonly zk: string | undefined;
  /** The argument. */
  readonly service: Service | undefined;
  readonly timeoutMs: number;
  /** Masters of the cluster, with files read. Throws Problem. */
  readonly masters: () => Promise<readonly string[]>;
  /** The leading master. Throws Problem, ApiError. */
  readonly master: () => Promise<MasterClient>;
  readonly marathon: SchedulerQuestion<MarathonClient>;
  readonly chronos: SchedulerQuestion<ChronosClient>;
}

/** What may say which one is meant. */
export interface SchedulerQuestion<Client> {
  /** It was named itself, and not just its cluster. */
  readonly isNamed: boolean;
  /** Undefined when the cluster has none. Throws Problem, ApiError. */
  readonly client: () => Promise<Client | undefined>;
}

/** How a scheduler tells of its leadership itself. */
interface Scheduler<Client> {
  readonly service: Exclude<Service, 'master'>;
  readonly zk: (client: Client) => Promise<ZooKeeperAddress | undefined>;
  readonly ask: (client: Client, note: string) => Promise<LeadershipReport>;
}

/** Throws Problem `usage` for a --zk that is none; everything else is told by the reports. */
export function leadershipOf(service: Service, question: LeaderQuestion): ReportSource {
  const { zk } = question;
  if (zk === undefined) {
    if (service === 'master') return ofMasters(question);
    return service === 'marathon'
      ? ofSchedulers(MARATHON, question, question.marathon)
      : ofSchedulers(CHRONOS, question, question.chronos);
  }
  const address = electionAddress(zk);
  const beside = besideOf(service, address);
  const isAlone = question.service === service || beside.path === address.path;
  return follow(service, question, isAlone ? [address] : [address, beside]);
}

function ofMasters(question: LeaderQuestion): ReportSource {
  return later(async () => {
    const election = electionAmong(await question.masters());
    if (election !== undefined) return follow('master', question, [election]);
    const master = await question.master();
    const hearsay = await zkOfMaster(master);
    const followed = hearsay && (await believed('master', question, hearsay));
    return followed ?? asking(() => askMaster(master, noteOf('master', hearsay)));
  });
}

function ofSchedulers<Client>(
  { service, zk, ask }: Scheduler<Client>,
  question: LeaderQuestion,
  { isNamed, client }: SchedulerQuestion<Client>,
): ReportSource {
  return later(async () => {
    const election = isNamed ? undefined : electionAmong(await question.masters());
    if (election !== undefined) {
      const beside = follow(service, question, [besideOf(service, election), election]);
      if ((await beside.report()).kind !== 'none') return beside;
      await beside.close();
    }
    const scheduler = await client();
    if (scheduler === undefined) return undefined;
    const hearsay = await zk(scheduler);
    const followed = hearsay && (await believed(service, question, hearsay));
    return followed ?? asking(() => ask(scheduler, noteOf(service, hearsay)));
  });
}

function follow(
  service: Service,
  { world, timeoutMs }: Pick<LeaderQuestion, 'world' | 'timeoutMs'>,
  addresses: readonly [ZooKeeperAddress, ...ZooKeeperAddress[]],
): ReportSource {
  const options = { world, service, addresses, timeoutMs };
  if (service !== 'master') return followElection(options);
  return followElection({ ...options, electedMs: (address) => electedMs(world.net, address) });
}

/** Undefined when nothing is found there. */
async function believed(
  service: Service,
  { world, timeoutMs }: LeaderQuestion,
  address: ZooKeeperAddress,
): Promise<ReportSource | undefined> {
  const source = follow(service, { world, timeoutMs: Math.min(timeoutMs, HEARSAY_TIMEOUT_MS) }, [address]);
  const report = await source.report();
  if (report.kind === 'leadership' && report.candidates.length > 0) return source;
  await source.close();
  return undefined;
}

function noteOf(service: Service, hearsay: ZooKeeperAddress | undefined): string {
  const title = `The ${titleOf(service)}`;
  return hearsay === undefined
    ? `${title} stands for no election: it leads alone.`
    : `${title} stands for election at ${hearsay}, where nobody is found from here; --zk says another way there.`;
}

/** Election nodes are everybody's to read: that its credentials are not told does no harm. */
async function zkOfMaster(master: MasterClient): Promise<ZooKeeperAddress | undefined> {
  const answer = await master.legacy('/flags');
  const flags = member(answer, 'flags');
  return addressIn(member(flags, 'zk'));
}

const MARATHON: Scheduler<MarathonClient> = {
  service: 'marathon',
  zk: async (marathon) => addressIn(member(member(await marathon.info(), 'zookeeper_config'), 'zk')),
  ask: askMarathon,
};

/** The original does not say where it stands for election. */
const CHRONOS: Scheduler<ChronosClient> = {
  service: 'chronos',
  zk: async (chronos) => addressIn(await chronos.election()),
  ask: askChronos,
};

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function addressIn(text: unknown): ZooKeeperAddress | undefined {
  return typeof text === 'string' && isElection(text) ? parseZooKeeperAddress(withoutCredentials(text)) : undefined;
}

function electionAmong(masters: readonly string[]): ZooKeeperAddress | undefined {
  const [first] = masters;
  return first !== undefined && isElection(first) ? parseZooKeeperAddress(first) : undefined;
}

/** A source that is found when it is first asked; until then what stands in its way is its report. */
function later(find: () => Promise<ReportSource | undefined>): ReportSource {
  const listeners: (() => void)[] = [];
  let found: ReportSource | undefined;
  return {
    async report() {
      try {
        found ??= await find();
      } catch (error) {
        return troubleFrom(error);
      }
      if (found === undefined) return { kind: 'none', why: 'The cluster does not have one.' };
      for (const listener of listeners.splice(0)) found.onChange(listener);
      return found.report();
    },
    onChange: (fn) => void listeners.push(fn),
    close: async () => found?.close(),
  };
}
