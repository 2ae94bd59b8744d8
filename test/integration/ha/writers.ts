// Clients that change things all the time, at whichever daemon takes it, and remember what was acknowledged.
import { setTimeout as sleep } from 'node:timers/promises';
import { Register } from './acknowledged.ts';
import type { HaCluster } from './ha-cluster.ts';
import type { Member } from './member.ts';

const PAUSE_MS = 100;
const PATIENCE_MS = 2_000;

type Put = (url: string, name: string, value: number) => Promise<Response>;

/** One client that writes to several registers in turn, one write at a time. */
export class Writer {
  readonly registers: readonly Register[];
  readonly #targets: readonly Member[];
  readonly #put: Put;
  #isOver = false;
  #work: Promise<void> | undefined;
  #isHeld = false;
  #isWriting = false;

  constructor(names: readonly string[], targets: readonly Member[], put: Put) {
    this.registers = names.map((name) => new Register(name));
    this.#targets = targets;
    this.#put = put;
  }

  start(): void {
    this.#work = this.#write();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#work;
  }

  /** Does something while nothing is written. */
  async without<T>(act: () => Promise<T>): Promise<T> {
    this.#isHeld = true;
    try {
      while (this.#isWriting) await sleep(5);
      return await act();
    } finally {
      this.#isHeld = false;
    }
  }

  async #write(): Promise<void> {
    for (let turn = 0, at = 0; !this.#isOver; turn++) {
      const register = this.registers[turn % this.registers.length];
      const target = this.#targets[at % this.#targets.length];
      if (register === undefined || target === undefined) return;
      await sleep(PAUSE_MS);
      if (this.#isHeld) continue;
      this.#isWriting = true;
      const value = register.attempt(performance.now());
      if (await this.#isAcknowledged(target.url, register.name, value)) {
        register.acknowledged(value, performance.now());
      } else at++;
      this.#isWriting = false;
    }
  }

  async #isAcknowledged(url: string, name: string, value: number): Promise<boolean> {
    try {
      const response = await this.#put(url, name, value);
      await response.text();
      return response.ok;
    } catch {
      return false; // nobody knows whether it was done
    }
  }
}

/** Changes weights of roles that nobody has. */
export function weightWriter({ masters }: HaCluster): Writer {
  return new Writer(['weighed-1', 'weighed-2', 'weighed-3'], masters, (url, role, weight) =>
    put(`${url}/weights`, [{ role, weight }]),
  );
}

/** Changes labels of apps that run nothing. A standby passes it on. */
export function appWriter({ marathons }: HaCluster): Writer {
  return new Writer(['/written-1', '/written-2'], marathons, (url, id, value) =>
    put(`${url}/v2/apps${id}`, { cmd: 'true', instances: 0, labels: { written: String(value) } }),
  );
}

function put(url: string, content: unknown): Promise<Response> {
  return fetch(url, {
    method: 'PUT',
    body: JSON.stringify(content),
    headers: { 'Content-Type': 'application/json' },
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
}
