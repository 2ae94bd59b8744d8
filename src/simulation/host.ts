// A simulated machine: its disk, its processes, its place in the network. It outlives every process and, but for what
// was only in caches, a loss of power.
import { NetError } from '../world/net.ts';
import type { ProcessIdentity } from '../world/processes.ts';
import type { Host, HostUser, World } from '../world/world.ts';
import { SimulatedClock } from './core/clock.ts';
import type { Engine } from './core/engine.ts';
import { type LogReader, SimulatedLog } from './core/log.ts';
import { ProcessLife } from './core/process.ts';
import type { SeededRandom } from './core/random.ts';
import { DiskFaults } from './disk/faults.ts';
import { type MachineDisk, SimulatedDisk } from './disk/simulated-disk.ts';
import { DiskTree } from './disk/tree.ts';
import type { BoundListener } from './net/listener.ts';
import type { Network, NetworkHost } from './net/network.ts';
import { SimulatedNet } from './net/simulated-net.ts';
import { ProcessHandle, type ProcessMain, type ProgramHost } from './process-handle.ts';
import { SimulatedProcesses, type SimulatedTool } from './programs/simulated-processes.ts';
import type { TaskRun } from './programs/task-run.ts';
import { SharedStates } from './state/shared-states.ts';

/** Sizes in bytes; all have defaults. */
export interface HostOptions {
  /** IP address; made up when absent. */
  readonly address?: string;
  readonly cpus?: number;
  readonly memoryBytes?: number;
  readonly diskBytes?: number;
}

const GIB = 1024 ** 3;
const CLOCK_TICK_MS = 10;
const FIRST_PID = 100;
const USERS: readonly HostUser[] = [
  { name: 'root', uid: 0, gid: 0, groups: [0], home: '/root' },
  { name: 'nobody', uid: 65_534, gid: 65_534, groups: [65_534], home: '/nonexistent' },
  { name: 'tester', uid: 1000, gid: 1000, groups: [1000], home: '/home/tester' },
];

/** What machines share with the simulation they are in. */
export interface HostPlace {
  readonly engine: Engine;
  readonly network: Network;
  readonly log: LogReader | undefined;
  nextSerial(): number;
  onLaunch(run: TaskRun, host: SimulatedHost): void;
}

export class SimulatedHost implements NetworkHost, ProgramHost {
  readonly name: string;
  readonly address: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly listeners: BoundListener[] = [];
  readonly disk: MachineDisk;
  /** Tasks that run now, by pid. */
  readonly tasks = new Map<number, TaskRun>();
  /** In place of real tools, by name: what `Processes.run` finds. */
  readonly tools = new Map<string, SimulatedTool>();
  /** Stores and elections kept on this machine. */
  readonly states: SharedStates;
  readonly #place: HostPlace;
  readonly #daemons = new Map<number, ProcessLife>();
  readonly #random: SeededRandom;
  readonly #machineTime = { bootedAtMs: 0, skewMs: 0 };
  #isUp = true;
  #bootId: string;
  #lastPid = FIRST_PID;

  constructor(place: HostPlace, name: string, options: HostOptions & { readonly address: string }) {
    this.#place = place;
    this.name = name;
    this.address = options.address;
    this.cpus = options.cpus ?? 4;
    this.memoryBytes = options.memoryBytes ?? 8 * GIB;
    this.#random = place.engine.random(`host/${name}`);
    this.#bootId = this.#random.uuid();
    this.disk = {
      tree: new DiskTree(() => place.engine.wallMs, options.diskBytes ?? 100 * GIB),
      faults: new DiskFaults(),
      locks: new Map(),
      slowness: 1,
    };
    this.states = new SharedStates(this.disk.faults);
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get bootId(): string {
    return this.#bootId;
  }

  /**
   * Starts a program in a process of its own. Resolves nothing by itself: run the simulation and look at the handle.
   * The name also names its stream of chance.
   */
  start<T>(name: string, main: ProcessMain<T>): ProcessHandle<T> {
    const handle = new ProcessHandle(this, `${this.name}/${name}`, main);
    handle.restart();
    return handle;
  }

  /** The wall clock of this machine jumps: it is off by so much from now on. */
  skewClock(skewMs: number): void {
    this.#machineTime.skewMs = skewMs;
  }

  /**
   * Power off and on again: every process dies, tasks too, nobody is told, caches are lost. Up after `downMs` with
   * another boot id and nothing running: restart what should.
   */
  reboot(downMs = 1_000): void {
    if (!this.#isUp) {
      return;
    }
    this.#isUp = false;
    for (const life of [...this.#daemons.values()]) {
      life.die('power-loss');
    }
    for (const run of [...this.tasks.values()]) {
      run.vanish();
    }
    this.disk.tree.losePower(this.#random);
    this.disk.tree.remove('/var/run');
    this.disk.tree.makeDirectory('/var/run');
    this.#place.engine.schedule('boot', downMs, () => {
      this.#isUp = true;
      this.#bootId = this.#random.uuid();
      this.#machineTime.bootedAtMs = this.#place.engine.nowMs;
    });
  }

  /** A new process with nothing in it yet. For handles. */
  spawn(name: string, incarnation: number): { readonly life: ProcessLife; readonly world: World } {
    const { engine, network } = this.#place;
    const identity = this.#nextIdentity();
    const life: ProcessLife = new ProcessLife({
      engine,
      serial: this.#place.nextSerial(),
      name,
      identity,
      random: engine.random(`around/${name}/${incarnation}`),
      onUncaught: (_life, error) => engine.fail(new UncaughtError(name, error)),
    });
    this.#daemons.set(identity.pid, life);
    life.onDeath(() => this.#daemons.delete(identity.pid));
    const world: World = {
      clock: new SimulatedClock(life, this.#machineTime),
      random: engine.random(`program/${name}/${incarnation}`),
      net: new SimulatedNet(life, network, this),
      disk: new SimulatedDisk(life, this.disk),
      processes: new SimulatedProcesses(life, {
        tree: this.disk.tree,
        tasks: this.tasks,
        daemons: this.#daemons,
        tools: this.tools,
        nextIdentity: () => this.#nextIdentity(),
        onLaunch: (run) => this.#place.onLaunch(run, this),
      }),
      host: this.#facts(life),
      log: new SimulatedLog(life, this.#place.log),
    };
    return { life, world };
  }

  #nextIdentity(): ProcessIdentity {
    this.#lastPid++;
    const sinceBootMs = this.#place.engine.nowMs - this.#machineTime.bootedAtMs;
    return { pid: this.#lastPid, startTime: Math.floor(sinceBootMs / CLOCK_TICK_MS) };
  }

  #addressOf(hostname: string): string {
    const found = this.#place.network.resolve(this, hostname);
    if (found === undefined) throw new NetError('unresolved', `${hostname}: no address for this name`);
    return found.address;
  }

  #facts(life: ProcessLife): Host {
    return {
      hostname: this.name,
      cpus: this.cpus,
      memoryBytes: this.memoryBytes,
      freeMemoryBytes: () => Math.floor(this.memoryBytes / 2),
      loadAverage: () => [0.1, 0.1, 0.1],
      bootId: () => life.perform('boot-id', 0.05, () => this.#bootId),
      lookup: (hostname) => life.perform('lookup', 0.1, () => this.#addressOf(hostname)),
      // A simulated machine has one.
      lookupAll: (hostname) => life.perform('lookup', 0.1, () => [this.#addressOf(hostname)]),
      user: (name) => life.perform('user', 0.05, () => USERS.find((user) => user.name === name)),
      currentUser: 'root',
      isRoot: true,
      userName: (uid) => USERS.find((user) => user.uid === uid)?.name ?? String(uid),
      groupName: (gid) => USERS.find((user) => user.gid === gid)?.name ?? String(gid),
    };
  }
}

/** An exception that nothing in a simulated process caught: the real process would have died of it. */
export class UncaughtError extends Error {
  override readonly name = 'UncaughtError';

  constructor(process: string, cause: unknown) {
    super(`uncaught in ${process}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`, {
      cause,
    });
  }
}
