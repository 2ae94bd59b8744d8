// What users of an app see while it changes: how many of its instances answer that they are well, sampled by asking the
// instances themselves, and how requests fare that are sent to them as a load balancer would.
import type { MarathonProcess, Task } from './marathon-process.ts';

const SAMPLE_INTERVAL_MS = 50;
const CLIENTS = 4;

export interface Watched {
  readonly samples: number;
  /** Fewest instances that said they were well at one sample. */
  readonly fewestHealthy: number;
  /** Most tasks that Marathon listed at one sample, those that are starting or ending included. */
  readonly mostTasks: number;
  readonly requests: number;
  /** Requests that found their instance gone and were answered by another one. */
  readonly retried: number;
  /** Requests that nobody answered. */
  readonly failed: number;
  readonly byVersion: Readonly<Record<string, number>>;
}

export class AppWatch {
  readonly #marathon: MarathonProcess;
  readonly #appId: string;
  readonly #healthy: number[] = [];
  readonly #tasks: number[] = [];
  readonly #byVersion: Record<string, number> = {};
  readonly #clients: Promise<void>[] = [];
  readonly #samples = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #addresses: string[] = [];
  #healthyAddresses: readonly string[] = [];
  #isOver = false;
  #retried = 0;
  #failed = 0;

  private constructor(marathon: MarathonProcess, appId: string) {
    this.#marathon = marathon;
    this.#appId = appId;
    this.#timer = setInterval(() => this.#sampleOnce(), SAMPLE_INTERVAL_MS);
  }

  /** `withLoad`: some clients that ask without a pause. */
  static async start(marathon: MarathonProcess, appId: string, withLoad: boolean): Promise<AppWatch> {
    const watch = new AppWatch(marathon, appId);
    await watch.#sample();
    if (withLoad) for (let client = 0; client < CLIENTS; client += 1) watch.#clients.push(watch.#load(client));
    return watch;
  }

  async stop(): Promise<Watched> {
    clearInterval(this.#timer);
    this.#isOver = true;
    await Promise.all([...this.#samples, ...this.#clients]);
    return {
      samples: this.#healthy.length,
      fewestHealthy: Math.min(...this.#healthy),
      mostTasks: Math.max(...this.#tasks),
      requests: Object.values(this.#byVersion).reduce((sum, count) => sum + count, 0),
      retried: this.#retried,
      failed: this.#failed,
      byVersion: this.#byVersion,
    };
  }

  #sampleOnce(): void {
    const sample = this.#sample().finally(() => this.#samples.delete(sample));
    this.#samples.add(sample);
  }

  /** The instances of the list before: an instance is in a list long before it can be well. */
  async #sample(): Promise<void> {
    const listed = this.#marathon.tasks(this.#appId);
    if (this.#addresses.length === 0) this.#addresses = addressesOf(await listed);
    const addresses = this.#addresses;
    const answers = await Promise.all(addresses.map(async (address) => (await ask(`${address}/health`))?.ok === true));
    this.#healthyAddresses = addresses.filter((_, index) => answers[index]);
    this.#healthy.push(this.#healthyAddresses.length);
    const tasks = await listed;
    this.#addresses = addressesOf(tasks);
    this.#tasks.push(tasks.length);
  }

  async #load(client: number): Promise<void> {
    let turn = client;
    while (!this.#isOver) {
      let answer: Response | undefined;
      const addresses = this.#healthyAddresses;
      for (let attempt = 0; attempt < addresses.length && answer === undefined; attempt += 1) {
        turn += 1;
        answer = await ask(`${addresses[turn % addresses.length]}/`);
        if (answer === undefined) this.#retried += 1;
      }
      if (answer?.ok === true) {
        const { version } = (await answer.json()) as { version: string };
        this.#byVersion[version] = (this.#byVersion[version] ?? 0) + 1;
      } else this.#failed += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

function addressesOf(tasks: readonly Task[]): string[] {
  return tasks.map(({ host, ports }) => `http://${host}:${ports[0]}`);
}

async function ask(url: string): Promise<Response | undefined> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(10_000) });
  } catch {
    return undefined; // Refused, reset, or silent: the caller counts it.
  }
}
