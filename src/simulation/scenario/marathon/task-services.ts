// What tasks answer on their ports. Programs of the simulator have no sockets, so one process a machine answers for all of
// them, as the task's environment says: SERVES_AFTER and SICK_AFTER in seconds of the task's life.
import type { HttpResponse } from '../../../world/net.ts';
import type { SimulatedHost } from '../../host.ts';
import type { ProcessHandle } from '../../process-handle.ts';
import type { TaskRun } from '../../programs/task-run.ts';

export class TaskServices {
  readonly #nowMs: () => number;
  readonly #machines = new Map<SimulatedHost, MachineServices>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** To be called for every task that is started. */
  launched(run: TaskRun, host: SimulatedHost): void {
    const port = Number(run.task.env.PORT0);
    if (!Number.isInteger(port)) return;
    let machine = this.#machines.get(host);
    if (machine === undefined) {
      machine = new MachineServices(host, this.#nowMs);
      this.#machines.set(host, machine);
    }
    machine.serve(port, run);
  }
}

class MachineServices {
  readonly #host: SimulatedHost;
  readonly #nowMs: () => number;
  readonly #process: ProcessHandle<void>;
  /** The last task that was given the port. */
  readonly #tasks = new Map<number, TaskRun>();
  readonly #open = new Set<number>();

  constructor(host: SimulatedHost, nowMs: () => number) {
    this.#host = host;
    this.#nowMs = nowMs;
    this.#process = host.start('services', async () => undefined);
  }

  serve(port: number, run: TaskRun): void {
    this.#tasks.set(port, run);
    // It went down with its machine.
    if (this.#process.state === 'dead') {
      this.#process.restart();
      this.#open.clear();
    }
    if (this.#open.has(port)) return;
    this.#open.add(port);
    const { net } = this.#process.world;
    void net.listen({ host: this.#host.address, port, handler: () => this.#answer(port) });
  }

  #answer(port: number): HttpResponse {
    const run = this.#tasks.get(port);
    if (run === undefined || !this.#host.tasks.has(run.identity.pid)) return { status: 502 };
    const { SERVES_AFTER = '0', SICK_AFTER = 'Infinity' } = run.task.env;
    const ageSeconds = (this.#nowMs() - run.launchedAtMs) / 1000;
    return { status: ageSeconds >= Number(SERVES_AFTER) && ageSeconds < Number(SICK_AFTER) ? 200 : 503 };
  }
}
