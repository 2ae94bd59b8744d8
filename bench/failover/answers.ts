// Asks a master the same few questions again and again, in a thread of its own, and notes how long each answer takes: what
// people and monitoring see of a fail-over. Each path has one request under way at a time, on a connection that is kept.
import { Agent, request } from 'node:http';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** What is asked, and the pause between an answer and the next question. */
export interface Question {
  readonly path: string;
  /** JSON to POST; without it the path is a GET. */
  readonly body?: string;
  readonly pauseMs: number;
}

export interface Answer {
  readonly path: string;
  /** Wall time of the question. */
  readonly askedMs: number;
  readonly tookMs: number;
  /** 0: none came. */
  readonly status: number;
  readonly bytes: number;
  /** Of /metrics/snapshot, when it was answered. */
  readonly metrics?: Readonly<Record<string, number>>;
}

interface Asked {
  readonly base: string;
  readonly questions: readonly Question[];
}

/** Gauges that are kept of each /metrics/snapshot. */
const METRICS = ['master/elected', 'master/slaves_active', 'master/tasks_running'] as const;
const PATIENCE_MS = 60_000;

/** Asks from its making until `stop`. */
export class Answers {
  readonly #worker: Worker;
  readonly #all: Answer[] = [];
  #latest: Answer | undefined;

  constructor(base: string, questions: readonly Question[]) {
    this.#worker = new Worker(new URL(import.meta.url), { workerData: { base, questions } satisfies Asked });
    this.#worker.on('message', (answer: Answer) => {
      this.#all.push(answer);
      if (answer.metrics !== undefined) this.#latest = answer;
    });
  }

  get all(): readonly Answer[] {
    return this.#all;
  }

  /** Of the latest /metrics/snapshot that was answered; 0 before. */
  metric(name: (typeof METRICS)[number]): number {
    return this.#latest?.metrics?.[name] ?? 0;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

if (!isMainThread) {
  const { base, questions } = workerData as Asked;
  const agent = new Agent({ keepAlive: true });
  for (const question of questions) ask(question);

  function ask(question: Question): void {
    const { path, pauseMs, body: asked } = question;
    const askedMs = Date.now();
    const startedMs = performance.now();
    let isOver = false;
    const over = (status: number, body: readonly Buffer[]): void => {
      if (isOver) return;
      isOver = true;
      const tookMs = performance.now() - startedMs;
      const bytes = body.reduce((sum, { length }) => sum + length, 0);
      const metrics = status === 200 && path === '/metrics/snapshot' ? gauges(body) : undefined;
      parentPort?.postMessage({ path, askedMs, tookMs, status, bytes, ...(metrics !== undefined && { metrics }) });
      setTimeout(() => ask(question), pauseMs);
    };
    const how = asked === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' } };
    const sent = request(base + path, { agent, timeout: PATIENCE_MS, ...how }, (response) => {
      const body: Buffer[] = [];
      response.on('data', (chunk: Buffer) => body.push(chunk));
      response.on('end', () => over(response.statusCode ?? 0, body));
      response.on('error', () => over(0, []));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => over(0, []));
    sent.end(asked);
  }

  function gauges(body: readonly Buffer[]): Record<string, number> {
    const all: Record<string, number> = JSON.parse(Buffer.concat(body).toString());
    return Object.fromEntries(METRICS.map((name) => [name, all[name] ?? 0]));
  }
}
