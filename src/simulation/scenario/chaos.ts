// Everything that may go wrong with a cluster, by the chance of its seed: at each step perhaps one fault more, and after a
// while the end of those that are under way. A supervisor in it starts again what died, as systemd would.
import type { SeededRandom } from '../core/random.ts';
import type { SimulatedHost } from '../host.ts';
import { type NetworkConditions, SOUND_NETWORK } from '../net/network.ts';
import type { ProcessHandle } from '../process-handle.ts';
import type { Simulation } from '../simulation.ts';
import type { SimulatedEnsemble } from '../state/simulated-ensemble.ts';

/** What may suffer. */
export interface ChaosTargets {
  /** Programs that may be killed or stopped; all are started again. */
  readonly processes: readonly ProcessHandle<unknown>[];
  /** Machines that may lose power. */
  readonly rebootable: readonly SimulatedHost[];
  /** Machines whose disk may fail. */
  readonly disks: readonly SimulatedHost[];
  /** Machines may lose sight of it, or it answers nobody. */
  readonly ensemble?: Pick<SimulatedEnsemble, 'cutOff' | 'stall' | 'heal'> | undefined;
}

const FAULT_KINDS = [
  'crash',
  'stop',
  'partition',
  'one-way',
  'mood',
  'mood',
  'reboot',
  'disk',
  'ambush',
  'ambush',
] as const;

const ENSEMBLE_FAULTS = ['cut', 'cut', 'stop', 'no-quorum'] as const;

export type FaultKind = (typeof FAULT_KINDS)[number] | (typeof ENSEMBLE_FAULTS)[number];

const MOODS: readonly NetworkConditions[] = [
  SOUND_NETWORK,
  {
    ...SOUND_NETWORK,
    loseRequestChance: 0.05,
    loseResponseChance: 0.05,
    duplicateChance: 0.1,
    duplicateWithinMs: 1_000,
    streamLifeMs: 20_000,
  },
  { ...SOUND_NETWORK, minDelayMs: 5, maxDelayMs: 200, slowChance: 0.1, slowMs: 2_000, splitChance: 0.5 },
  {
    ...SOUND_NETWORK,
    maxDelayMs: 30,
    slowChance: 0.05,
    slowMs: 500,
    loseRequestChance: 0.1,
    loseResponseChance: 0.1,
    duplicateChance: 0.2,
    duplicateWithinMs: 3_000,
    streamLifeMs: 8_000,
  },
];

const FAULT_CHANCE = 0.35;

export class Chaos {
  /** How often each kind of fault was put in. */
  readonly counts = new Map<FaultKind, number>();
  /** What happened, for people: one line each. */
  readonly #tell: (text: string) => void;
  readonly #simulation: Simulation;
  readonly #targets: ChaosTargets;
  readonly #random: SeededRandom;
  readonly #restartAtMs = new Map<ProcessHandle<unknown>, number>();
  #isOver = false;

  constructor(simulation: Simulation, targets: ChaosTargets, tell: (text: string) => void) {
    this.#simulation = simulation;
    this.#targets = targets;
    this.#tell = tell;
    this.#random = simulation.random('chaos');
  }

  /** Perhaps one more fault; starts what is due to be started. */
  step(): void {
    this.supervise();
    if (this.#random.chance(FAULT_CHANCE)) {
      const kinds = this.#targets.ensemble === undefined ? FAULT_KINDS : [...FAULT_KINDS, ...ENSEMBLE_FAULTS];
      const kind = this.#random.pick<FaultKind>(kinds) ?? 'crash';
      this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
      this.#strike(kind);
    }
  }

  /** No fault any more, and the end of all that are under way but those that have struck already. */
  end(): void {
    this.#isOver = true;
    this.#tell('calm');
    this.#simulation.network.heal();
    this.#targets.ensemble?.heal();
    this.#simulation.network.conditions = SOUND_NETWORK;
    for (const handle of this.#targets.processes) {
      handle.crashAfter(Number.POSITIVE_INFINITY);
    }
    for (const host of this.#simulation.hosts) {
      host.disk.faults.current = undefined;
    }
  }

  /** Faults again, after an end of them. */
  resume(): void {
    this.#isOver = false;
    this.#tell('faults again');
  }

  /** Starts again what is down, each after a while; at once when the faults are over. */
  supervise(): void {
    const { nowMs } = this.#simulation;
    for (const handle of this.#targets.processes) {
      const isDown = handle.state !== 'running' && handle.state !== 'starting';
      if (!isDown || !handle.host.isUp) {
        this.#restartAtMs.delete(handle);
        continue;
      }
      const dueMs = this.#restartAtMs.get(handle);
      if (dueMs === undefined && !this.#isOver) {
        this.#restartAtMs.set(handle, nowMs + this.#random.between(100, 8_000));
      } else if (dueMs === undefined || this.#isOver || dueMs <= nowMs) {
        this.#restartAtMs.delete(handle);
        this.#tell(`start ${handle.name} (was ${handle.state}${describeOutcome(handle.outcome)})`);
        handle.restart();
      }
    }
  }

  #strike(kind: FaultKind): void {
    const strikes: Readonly<Record<FaultKind, () => void>> = {
      crash: () => this.#crash(),
      ambush: () => this.#ambush(),
      stop: () => this.#stop(),
      partition: () => this.#partition(),
      'one-way': () => this.#blockOneWay(),
      mood: () => this.#changeMood(),
      reboot: () => this.#reboot(),
      disk: () => this.#failDisk(),
      cut: () => this.#cut(),
      'no-quorum': () => this.#stall(),
    };
    strikes[kind]();
  }

  #crash(): void {
    const handle = this.#random.pick(this.#targets.processes);
    this.#tell(`crash ${handle?.name}`);
    handle?.crash();
  }

  /** Between two steps of what the process does next, rather than in its sleep. */
  #ambush(): void {
    const handle = this.#random.pick(this.#targets.processes);
    const events = 1 + this.#random.integer(60);
    this.#tell(`crash ${handle?.name} after ${events} events`);
    handle?.crashAfter(events);
  }

  #stop(): void {
    const handle = this.#random.pick(this.#targets.processes);
    const ms = Math.round(this.#random.between(500, 20_000));
    this.#tell(`stop ${handle?.name} for ${ms} ms`);
    handle?.stopFor(ms);
  }

  /** From the ensemble alone: the network between the machines stays. */
  #cut(): void {
    const host = this.#random.pick(this.#targets.processes)?.host;
    const ms = Math.round(this.#random.between(500, 12_000));
    this.#tell(`cut ${host?.name} off the ensemble for ${ms} ms`);
    if (host !== undefined) this.#targets.ensemble?.cutOff(host.name, ms);
  }

  #stall(): void {
    const ms = Math.round(this.#random.between(500, 15_000));
    this.#tell(`the ensemble answers nobody for ${ms} ms`);
    this.#targets.ensemble?.stall(ms);
  }

  #changeMood(): void {
    const mood = this.#random.integer(MOODS.length);
    this.#simulation.network.conditions = MOODS[mood] ?? SOUND_NETWORK;
    this.#tell(`network ${mood}`);
  }

  #partition(): void {
    const hosts = this.#random.shuffle([...this.#simulation.hosts]);
    const side = hosts.slice(0, 1 + this.#random.integer(2));
    this.#tell(`cut off ${side.map((host) => host.name).join(', ')}`);
    this.#simulation.network.partition(side);
    this.#healLater();
  }

  #blockOneWay(): void {
    const [from, to] = this.#random.shuffle([...this.#simulation.hosts]);
    if (from !== undefined && to !== undefined) {
      this.#tell(`nothing from ${from.name} to ${to.name}`);
      this.#simulation.network.blockOneWay(from, to);
      this.#healLater();
    }
  }

  /** Mostly soon, sometimes after agents have been given up. */
  #healLater(): void {
    const afterMs = this.#random.chance(0.3) ? this.#random.between(20_000, 60_000) : this.#random.between(200, 8_000);
    this.#simulation.after(afterMs, () => {
      this.#tell('heal');
      this.#simulation.network.heal();
    });
  }

  #reboot(): void {
    const host = this.#random.pick(this.#targets.rebootable);
    if (host?.isUp === true) {
      this.#tell(`reboot ${host.name}`);
      host.reboot(this.#random.between(500, 10_000));
    }
  }

  #failDisk(): void {
    const host = this.#random.pick(this.#targets.disks);
    if (host !== undefined) {
      const code = this.#random.chance(0.5) ? 'no-space' : 'io';
      const chance = this.#random.between(0.05, 0.6);
      this.#tell(`disk of ${host.name} fails with ${code} (${chance.toFixed(2)})`);
      host.disk.faults.current = { code, chance };
      this.#simulation.after(this.#random.between(200, 5_000), () => {
        host.disk.faults.current = undefined;
      });
    }
  }
}

function describeOutcome(outcome: unknown): string {
  if (outcome === undefined) {
    return '';
  }
  return `: ${outcome instanceof Error ? outcome.message : JSON.stringify(outcome)}`;
}
