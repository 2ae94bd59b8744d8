// A command that is run for a moment beside the container's own, to see how that one is doing. It is started like a task,
// by the launcher and through the runner, so that a probe costs this process no fork and its end is in a file.
import { DiskError } from '../../../../world/disk.ts';
import { ProcessError, type ProcessIdentity } from '../../../../world/processes.ts';
import type { Timer, World } from '../../../../world/world.ts';
import { joinConfinement } from '../confinement/inside.ts';
import type { ContainerProbe, ProbeEnd } from '../containerizer.ts';
import { IsolationError } from '../isolation/isolator.ts';
import { killSession } from '../isolation/session.ts';
import type { Container, RunningProbe } from './container.ts';
import { type ContainerParts, commandLine } from './start.ts';

/** How often a probe is looked at that nothing is heard of: its runner may have been killed, or there is no watch. */
const POLL_MS = 1_000;
/** How long a probe that is killed may take to go; then it is left behind and said so. */
const KILL_TIMEOUT_MS = 5_000;

/** The exit file of a probe in the container's runtime directory. */
const exitFileOf = (name: ContainerProbe['name']): string => `probe-${name}`;

/** Runs it to its end. The container is running when this is called. */
export async function runProbe(
  { world, isolator }: ContainerParts,
  container: Container,
  probe: ContainerProbe,
): Promise<ProbeEnd> {
  const { containerId, sandbox, runtime } = container;
  const file = exitFileOf(probe.name);
  if (container.probes.has(file)) return notRun('the one before it has not ended');
  const running = new Probe(world, container, file);
  container.probes.set(file, running);
  try {
    const inside = await joinConfinement(world, runtime.path);
    const user = inside?.user ?? container.user;
    const process = await world.processes.launch({
      argv: commandLine(probe.command),
      env: probe.environment,
      cwd: sandbox,
      stdout: `${sandbox}/stderr`,
      stderr: `${sandbox}/stderr`,
      exitFile: `${runtime.path}/${file}`,
      cgroups: isolator.cgroupsOf(containerId),
      ...(inside && { joins: inside.joins }),
      ...(user !== undefined && { user: { uid: user.uid, gid: user.gid, groups: user.groups } }),
    });
    running.started(process, probe.timeoutMs);
    return await running.end;
  } catch (cause) {
    if (cause instanceof ProcessError || cause instanceof DiskError) return notRun(cause.message);
    throw cause;
  } finally {
    container.probes.delete(file);
  }
}

/** Probes of an agent that died while they ran: nobody waits for them any more. */
export async function killLeftoverProbes(
  { world }: ContainerParts,
  container: Pick<Container, 'containerId' | 'runtime'>,
): Promise<void> {
  for (const name of ['health', 'check'] as const) {
    const process = await container.runtime.running(exitFileOf(name));
    if (process !== undefined) await killProbe(world, container, process);
  }
}

class Probe implements RunningProbe {
  readonly end: Promise<ProbeEnd>;
  readonly #world: World;
  readonly #container: Container;
  readonly #file: string;
  readonly #settle: (end: ProbeEnd) => void;
  #process: ProcessIdentity | undefined;
  #timers: Timer[] = [];
  #isOver = false;
  #isContainerEnded = false;
  #isLooking = false;
  #isLookDue = false;

  constructor(world: World, container: Container, file: string) {
    this.#world = world;
    this.#container = container;
    this.#file = file;
    const { promise, resolve } = Promise.withResolvers<ProbeEnd>();
    this.end = promise;
    this.#settle = resolve;
  }

  started(process: ProcessIdentity, timeoutMs: number): void {
    this.#process = process;
    if (this.#isContainerEnded) {
      void this.#kill(notRun(undefined));
      return;
    }
    if (this.#isOver) return;
    const { clock } = this.#world;
    this.#timers.push(clock.every(POLL_MS, () => void this.#poll(process)));
    if (Number.isFinite(timeoutMs)) {
      this.#timers.push(clock.setTimer(timeoutMs, () => void this.#kill({ kind: 'timed-out' })));
    }
    // It may have ended before we knew that it had begun.
    this.look();
  }

  look(): void {
    this.#isLookDue = true;
    if (this.#isLooking || this.#process === undefined) return;
    this.#isLooking = true;
    void this.#lookUntilQuiet();
  }

  async containerEnded(): Promise<void> {
    this.#isContainerEnded = true;
    // Where there are cgroups it has gone with the container; else it is in a session of its own.
    if (this.#process !== undefined) await this.#kill(notRun(undefined));
  }

  abandon(): void {
    this.#finish(notRun(undefined));
  }

  /** One end makes several events: those that come while we look are answered by one more look. */
  async #lookUntilQuiet(): Promise<void> {
    while (this.#isLookDue && !this.#isOver) {
      this.#isLookDue = false;
      await this.#readExit();
    }
    this.#isLooking = false;
  }

  async #readExit(): Promise<void> {
    try {
      const status = await this.#container.runtime.exit(this.#file);
      if (status !== undefined) this.#finish(status);
    } catch (cause) {
      this.#finish(notRun(`its end cannot be read: ${String(cause)}`));
    }
  }

  async #poll(process: ProcessIdentity): Promise<void> {
    const isAlive = await this.#world.processes.isAlive(process);
    // Not alive before the exit file is read: had it ended properly, the file says so by now.
    await this.#readExit();
    if (!isAlive) this.#finish({ kind: 'signaled', signal: 9 });
  }

  async #kill(end: ProbeEnd): Promise<void> {
    if (this.#isOver || this.#process === undefined) return;
    // What is read meanwhile is the killing, not an answer.
    this.#isOver = true;
    this.#stopTimers();
    await killProbe(this.#world, this.#container, this.#process);
    this.#settle(end);
  }

  #finish(end: ProbeEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopTimers();
    this.#settle(end);
  }

  #stopTimers(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
  }
}

/** Its whole tree. What does not die is left behind: it must hold up neither the next probe nor the container's end. */
async function killProbe(
  world: World,
  { containerId }: Pick<Container, 'containerId'>,
  process: ProcessIdentity,
): Promise<void> {
  try {
    await killSession(world, process, { containerId, timeoutMs: KILL_TIMEOUT_MS });
  } catch (cause) {
    if (!(cause instanceof IsolationError || cause instanceof ProcessError)) throw cause;
    world.log.error('a probe of a task could not be killed', { containerId, error: cause.message });
  }
}

function notRun(why: string | undefined): ProbeEnd {
  return { kind: 'not-run', why };
}
