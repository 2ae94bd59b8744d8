// Requests to a Chronos, ours or the original's of either prefix (chronos.md 8). What is below /mctl/v1 only ours has: those methods
// throw `no-such-path` elsewhere.
import type { z } from 'zod';
import { ApiClient, type ApiClientOptions } from '../api-client.ts';
import { ApiError } from '../api-error.ts';
import * as answers from './answers.ts';
import { ChronosError, chronosError } from './error.ts';

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Whichever Chronos of the given ones answers; those that do not lead pass requests on. Throws ChronosError. */
export class ChronosClient {
  readonly api: ApiClient;
  /** Of 3.x, then of what came before. */
  #prefix: '/v1/scheduler' | '/scheduler' = '/v1/scheduler';

  constructor(options: ApiClientOptions) {
    this.api = new ApiClient(options);
  }

  // ------------------------------------------------------------------------------------------------ either prefix

  /** In no order. */
  async jobs(): Promise<answers.ChronosJob[]> {
    return this.#read(await this.#scheduler('GET', '/jobs'), answers.jobs);
  }

  /** How all jobs are, in no order; cheap enough to be asked again and again. The original has it since 3.0. */
  async summary(): Promise<answers.JobSummary[]> {
    return (await this.#read(await this.#scheduler('GET', '/jobs/summary'), answers.summary)).jobs;
  }

  /** Stores or replaces; `dryRun`: only looks whether it would be taken, which only ours can do. */
  async store(definition: object, { dryRun = false } = {}): Promise<void> {
    const path = Reflect.get(definition, 'parents') === undefined ? '/iso8601' : '/dependency';
    await this.#scheduler('POST', path, dryRun ? { dryRun } : {}, definition);
  }

  /** `refuse`: error `conflict` when others depend on it. */
  async remove(name: string, children: 'relink' | 'refuse' = 'relink'): Promise<void> {
    await this.#scheduler('DELETE', `/job/${encodeURIComponent(name)}`, children === 'refuse' ? { children } : {});
  }

  async leader(): Promise<string> {
    return (await this.#read(await this.#scheduler('GET', '/leader'), answers.leader)).leader;
  }

  // -------------------------------------------------------------------------------------------------- /mctl/v1, our own

  /** `zk://…`, without credentials, where whoever answers stands for election; undefined: nowhere, or it is not ours. */
  async election(): Promise<string | undefined> {
    try {
      return (await this.#own('GET', '/ready', answers.ready)).election;
    } catch (error) {
      if (error instanceof ChronosError && ['no-such-path', 'unreadable'].includes(error.code)) return undefined;
      throw error;
    }
  }

  /** By name, with how they are. */
  async ownJobs(): Promise<answers.OwnJob[]> {
    return (await this.#own('GET', '/jobs', answers.ownJobs)).jobs;
  }

  ownJob(name: string): Promise<answers.OwnJob> {
    return this.#own('GET', jobPath(name), answers.ownJob);
  }

  setDisabled(name: string, disabled: boolean): Promise<answers.OwnJob> {
    return this.#own('PUT', jobPath(name), answers.ownJob, {}, { disabled });
  }

  /** Now, besides its schedule; also of a disabled job. Error `conflict` when it is queued already. */
  start(name: string, extraArguments = ''): Promise<answers.ChronosRun> {
    const query = extraArguments === '' ? {} : { arguments: extraArguments };
    return this.#own('POST', `${jobPath(name)}/run`, answers.run, query);
  }

  /** How many runs are ended by it. */
  async kill(name: string): Promise<number> {
    return (await this.#own('POST', `${jobPath(name)}/kill`, answers.killed)).killed;
  }

  /** Newest first, those under way before. */
  async runs(name: string, limit = 20): Promise<answers.ChronosRun[]> {
    return (await this.#own('GET', `${jobPath(name)}/runs`, answers.runs, { limit })).runs;
  }

  async why(name: string): Promise<answers.WhyReason[]> {
    return (await this.#own('GET', `${jobPath(name)}/why`, answers.why)).reasons;
  }

  /** What the calendar has ahead, of one job or of all. */
  async next(name: string | undefined, n: number): Promise<answers.UpcomingRun[]> {
    const path = name === undefined ? '/next' : `${jobPath(name)}/next`;
    return (await this.#own('GET', path, answers.upcoming, { n })).runs;
  }

  /** What posting these would change; nothing is stored. */
  plan(jobs: readonly unknown[]): Promise<answers.JobsPlan> {
    return this.#own('POST', '/plan', answers.plan, {}, { jobs });
  }

  async #own<T>(method: string, path: string, shape: z.ZodType<T>, query: Query = {}, content?: unknown): Promise<T> {
    return this.#read(await this.#send(method, `/mctl/v1${path}`, query, content), shape);
  }

  async #scheduler(method: string, path: string, query: Query = {}, content?: unknown): Promise<Uint8Array> {
    try {
      return await this.#send(method, `${this.#prefix}${path}`, query, content);
    } catch (error) {
      if (!(error instanceof ChronosError) || error.code !== 'no-such-path' || this.#prefix === '/scheduler')
        throw error;
      const answer = await this.#send(method, `/scheduler${path}`, query, content);
      this.#prefix = '/scheduler';
      return answer;
    }
  }

  async #send(method: string, path: string, query: Query, content?: unknown): Promise<Uint8Array> {
    const headers = {
      accept: 'application/json',
      ...(content !== undefined && { 'content-type': 'application/json' }),
    };
    const body = content === undefined ? {} : { body: JSON.stringify(content) };
    try {
      return (await this.api.request({ method, path: `${path}${queryText(query)}`, headers, ...body })).body;
    } catch (error) {
      throw error instanceof ApiError ? chronosError(error) : error;
    }
  }

  #read<T>(body: Uint8Array, shape: z.ZodType<T>): T {
    const { address } = this.api;
    try {
      return shape.parse(JSON.parse(new TextDecoder().decode(body)));
    } catch (cause) {
      throw new ChronosError('unreadable', address, `${address} did not answer as Chronos does`, { cause });
    }
  }
}

function jobPath(name: string): string {
  return `/jobs/${encodeURIComponent(name)}`;
}

function queryText(query: Query): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parts.append(name, String(value));
  const text = parts.toString();
  return text === '' ? '' : `?${text}`;
}
