// A whole cluster as real processes on loopback: three ZooKeepers, masters, agents, Marathons and Chronoses. Everything that a member
// says to others goes through a switchboard, so that it can be cut off without a firewall.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cuts } from '../../../src/cli/cluster/chaos/cuts.ts';
import { Switchboard } from '../../../src/cli/cluster/chaos/switchboard.ts';
import { type Ensemble, startEnsemble } from '../../cluster/zookeeper/ensemble.ts';
import { freePorts, freeTaskPorts } from '../../ports.ts';
import { getJson, removeCgroups, until } from '../daemon-processes.ts';
import { processesBelow } from '../marathon-process.ts';
import { Member } from './member.ts';

export interface HaOptions {
  readonly masters: number;
  readonly agents: number;
  readonly marathons: number;
  /** Default 0. */
  readonly chronoses?: number;
  /** Beside those of where it is. */
  readonly chronosFlags?: readonly string[];
  /** Of every daemon. */
  readonly sessionTimeoutMs: number;
}

/** Pings of agents: lost after so many of them without an answer. */
export const PING_MS = 1_000;
export const PINGS = 3;
const ELECTION = '/mesos';
const MARATHON = '/marathon';
const CHRONOS = '/chronos';

/** What the master tells of itself. */
interface MasterState {
  readonly activated_slaves: number;
  readonly frameworks: readonly {
    readonly name: string;
    readonly tasks: readonly { readonly id: string; readonly state: string }[];
  }[];
}

export class HaCluster {
  readonly options: HaOptions;
  readonly ensemble: Ensemble;
  readonly masters: readonly Member[];
  readonly agents: readonly Member[];
  readonly marathons: readonly Member[];
  readonly chronoses: readonly Member[];
  readonly directory: string;
  readonly #switchboard: Switchboard;

  private constructor(
    options: HaOptions,
    parts: Pick<HaCluster, 'ensemble' | 'masters' | 'agents' | 'marathons' | 'chronoses' | 'directory'>,
    switchboard: Switchboard,
  ) {
    this.options = options;
    this.ensemble = parts.ensemble;
    this.masters = parts.masters;
    this.agents = parts.agents;
    this.marathons = parts.marathons;
    this.chronoses = parts.chronoses;
    this.directory = parts.directory;
    this.#switchboard = switchboard;
  }

  /** Starts everything; waits for the ensemble only. */
  static async start(options: HaOptions): Promise<HaCluster> {
    const directory = mkdtempSync(join(tmpdir(), 'mctl-ha-'));
    const ensemble = await startEnsemble({ members: 3 });
    try {
      const plan = await planOf(options, ensemble);
      const switchboard = new Switchboard(plan.switchboard, new Cuts(join(directory, 'cuts.json')));
      await switchboard.start(join(directory, 'switchboard'));
      const start = (seat: Seat, ...args: string[]): Member =>
        new Member(seat.name, `http://${seat.ip}:${seat.port}`, args, {
          MCTL_EGRESS: `127.0.0.1:${seat.egress}`,
        });
      const timeout = `${options.sessionTimeoutMs}ms`;
      const masters = plan.masters.map((seat) =>
        start(
          seat,
          'master',
          `--zk=zk://${seat.servers}${ELECTION}`,
          `--zk_session_timeout=${timeout}`,
          '--ip=127.0.0.1',
          `--port=${seat.port}`,
          `--agent_ping_timeout=${PING_MS}ms`,
          `--max_agent_ping_timeouts=${PINGS}`,
          '--allocation_interval=200ms',
        ),
      );
      const taskPorts = await freeTaskPorts();
      const agents = plan.agents.map((seat) => {
        const work = join(directory, seat.name);
        mkdirSync(work);
        return start(
          seat,
          'agent',
          `--master=zk://${seat.servers}${ELECTION}`,
          `--zk_session_timeout=${timeout}`,
          `--ip=${seat.ip}`,
          `--hostname=${seat.ip}`,
          `--port=${seat.port}`,
          `--work_dir=${work}`,
          `--runtime_dir=${work}/run`,
          `--fetcher_cache_dir=${work}/fetch`,
          `--cgroups_root=mctl-ha-${seat.port}`,
          `--resources=cpus:8;mem:8192;disk:10000;ports:${taskPorts}`,
          '--registration_backoff_factor=100ms',
        );
      });
      const marathons = plan.marathons.map((seat) =>
        start(
          seat,
          'marathon',
          `--master=zk://${seat.servers}${ELECTION}`,
          `--http_port=${seat.port}`,
          '--min_revive_offers_interval=200',
          `--zk_session_timeout=${options.sessionTimeoutMs}`,
          ...(options.marathons > 1
            ? [`--zk=zk://${seat.servers}${MARATHON}`]
            : [`--work_dir=${join(directory, seat.name)}`]),
        ),
      );
      const chronoses = plan.chronoses.map((seat) =>
        start(
          seat,
          'chronos',
          `--master=zk://${seat.servers}${ELECTION}`,
          `--http_port=${seat.port}`,
          '--min_revive_offers_interval=200',
          `--zk_session_timeout=${options.sessionTimeoutMs}`,
          `--zk=zk://${seat.servers}${CHRONOS}`,
          ...(options.chronosFlags ?? []),
        ),
      );
      return new HaCluster(options, { ensemble, masters, agents, marathons, chronoses, directory }, switchboard);
    } catch (error) {
      await ensemble.stop();
      throw error;
    }
  }

  get members(): readonly Member[] {
    return [...this.masters, ...this.agents, ...this.marathons, ...this.chronoses];
  }

  /** Path of the masters' election, below which their registry is. */
  get electionPath(): string {
    return ELECTION;
  }

  /** Parent of Marathon's election and state. */
  get marathonPath(): string {
    return MARATHON;
  }

  /** Cuts a member off from others, or from everybody; whoever is no member still reaches it. */
  cut(member: Member, from: 'everybody' | 'ensemble' = 'everybody'): void {
    const others = this.ensemble.members.map((_, index) => `zookeeper-${index + 1}`);
    this.#switchboard.handle({ kind: 'cut', member: member.name, ...(from === 'ensemble' && { others }) });
  }

  heal(): void {
    this.#switchboard.handle({ kind: 'heal' });
  }

  async masterState(master: Member): Promise<MasterState> {
    return await getJson<MasterState>(`${master.url}/state`);
  }

  /** Tasks of apps that a master takes for running. */
  async runningOn(master: Member): Promise<string[]> {
    const state = await this.masterState(master);
    const tasks = state.frameworks.flatMap((framework) => framework.tasks);
    return tasks.flatMap(({ id, state: is }) => (is === 'TASK_RUNNING' ? [id] : [])).sort();
  }

  /** Tasks that really run on this machine. */
  processes(): Map<string, number[]> {
    return processesBelow(join(this.directory, 'agent-'));
  }

  /** The newest of what everybody wrote, for tests that fail. */
  logs(charactersEach = 6_000): string {
    const daemons = this.members.map(({ name, output }) => `--- ${name}\n${output.slice(-charactersEach)}`);
    const servers = this.ensemble.members.map(
      (member, index) => `--- zookeeper-${index + 1}\n${member.log().slice(-charactersEach / 4)}`,
    );
    return [...daemons, ...servers].join('\n');
  }

  async stop(): Promise<void> {
    for (const member of this.ensemble.members) member.resume();
    await Promise.all([...this.marathons, ...this.chronoses].map((member) => member.kill('SIGKILL')));
    await until('no task runs', 30_000, () => {
      for (const pid of [...this.processes().values()].flat()) killIfThere(pid);
      return this.processes().size === 0;
    });
    await Promise.all(this.members.map((member) => member.kill('SIGTERM')));
    this.#switchboard.close();
    await this.ensemble.stop();
    for (const { url } of this.agents) await removeCgroups(`mctl-ha-${new URL(url).port}`);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

interface Seat {
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  readonly egress: number;
  /** The ensemble as this member reaches it. */
  readonly servers: string;
}

async function planOf(options: HaOptions, ensemble: Ensemble) {
  const { masters: howManyMasters, chronoses: howManyChronoses = 0 } = options;
  const count = howManyMasters + options.agents + options.marathons + howManyChronoses;
  const ports = await freePorts(count * (2 + ensemble.members.length));
  const take = (): number => ports.pop() ?? 0;
  const forwards: { from: string; to: string; port: number; target: { ip: string; port: number } }[] = [];
  const seats = (kind: string, howMany: number, ipOf: (number: number) => string): Seat[] =>
    Array.from({ length: howMany }, (_, index) => {
      const name = `${kind}-${index + 1}`;
      const servers = ensemble.members.map((member, at) => {
        const port = take();
        forwards.push({ from: name, to: `zookeeper-${at + 1}`, port, target: { ip: '127.0.0.1', port: member.port } });
        return `127.0.0.1:${port}`;
      });
      return { name, ip: ipOf(index + 1), port: take(), egress: take(), servers: servers.join(',') };
    });
  const masters = seats('master', howManyMasters, () => '127.0.0.1');
  const agents = seats('agent', options.agents, (number) => `127.0.0.${number + 1}`);
  const marathons = seats('marathon', options.marathons, () => '127.0.0.1');
  const chronoses = seats('chronos', howManyChronoses, () => '127.0.0.1');
  const daemons = [...masters, ...agents, ...marathons, ...chronoses];
  const switchboard = {
    members: [
      ...daemons.map(({ name, ip, port }) => ({ name, endpoints: [{ ip, port }] })),
      ...ensemble.members.map(({ port }, at) => ({
        name: `zookeeper-${at + 1}`,
        endpoints: [{ ip: '127.0.0.1', port }],
      })),
    ],
    egress: daemons.map(({ name, egress }) => ({ member: name, port: egress })),
    forwards,
  };
  return { masters, agents, marathons, chronoses, switchboard };
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // Gone by itself, or with its parent, since we looked.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
