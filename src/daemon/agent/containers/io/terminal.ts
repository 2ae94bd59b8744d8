// The window of a container's terminal. A pty has no name until somebody asks the kernel: what stands in the process table of
// those who run in it is its number.
import { DiskError } from '../../../../world/disk.ts';
import { ProcessError } from '../../../../world/processes.ts';
import type { World } from '../../../../world/world.ts';
import type { WindowSize } from './streams.ts';

const RESIZE_TIMEOUT_MS = 5_000;
const MAX_SIDE = 65_535;
/** Majors of the pty's sides (linux/major.h, UNIX98_PTY_SLAVE_MAJOR and the seven after it), 256 minors each. */
const FIRST_PTY_MAJOR = 136;
const PTY_MAJORS = 8;
/** Between the runner and the command: script, perhaps env before it. */
const MAX_DEPTH = 4;

/** The window of a running container's terminal. */
export class Terminal {
  readonly #world: World;
  readonly #runnerPid: () => number | undefined;
  #wanted: WindowSize | undefined;
  #isBusy = false;

  constructor(world: World, runnerPid: () => number | undefined) {
    this.#world = world;
    this.#runnerPid = runnerPid;
  }

  /** The last wish counts; those in between may be left out. Whoever runs in the terminal gets SIGWINCH. */
  resize(size: WindowSize): void {
    this.#wanted = size;
    if (this.#isBusy) return;
    this.#isBusy = true;
    void this.#resizeUntilDone();
  }

  async #resizeUntilDone(): Promise<void> {
    while (this.#wanted !== undefined) {
      const size = this.#wanted;
      this.#wanted = undefined;
      try {
        await this.#set(size);
      } catch (cause) {
        if (!(cause instanceof ProcessError || cause instanceof DiskError)) throw cause;
        this.#world.log.debug('a terminal could not be resized', { error: cause.message });
      }
    }
    this.#isBusy = false;
  }

  async #set({ rows, columns }: WindowSize): Promise<void> {
    const path = await this.#path();
    if (path === undefined) return;
    await this.#world.processes.run({
      argv: ['stty', '-F', path, 'rows', String(side(rows)), 'cols', String(side(columns))],
      timeoutMs: RESIZE_TIMEOUT_MS,
    });
  }

  /** Undefined before the command runs, and after it. */
  async #path(): Promise<string | undefined> {
    let pid = this.#runnerPid();
    for (let depth = 0; pid !== undefined && depth < MAX_DEPTH; depth++) {
      const number = terminalNumber(await readIfThere(this.#world, `/proc/${pid}/stat`));
      if (number !== undefined) return `/dev/pts/${number}`;
      const children: string = (await readIfThere(this.#world, `/proc/${pid}/task/${pid}/children`)) ?? '';
      const first = Number.parseInt(children, 10);
      pid = Number.isNaN(first) ? undefined : first;
    }
    return undefined;
  }
}

/** n of /dev/pts/n, by the controlling terminal in the text of /proc/PID/stat; undefined when that is none. */
export function terminalNumber(stat: string | undefined): number | undefined {
  // The name of the program may hold anything, spaces and brackets too; after it come state, ppid, pgrp, session, tty_nr.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const device = Number(fields?.[4] ?? 0);
  const major = (device >> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00);
  if (major < FIRST_PTY_MAJOR || major >= FIRST_PTY_MAJOR + PTY_MAJORS) return undefined;
  return (major - FIRST_PTY_MAJOR) * 256 + minor;
}

async function readIfThere({ disk }: World, path: string): Promise<string | undefined> {
  try {
    return await disk.readText(path);
  } catch (cause) {
    // ESRCH: it ended between opening and reading.
    if (cause instanceof DiskError && (cause.code === 'not-found' || /ESRCH/.test(cause.message))) return undefined;
    throw cause;
  }
}

const side = (length: number): number => Math.min(length, MAX_SIDE);
