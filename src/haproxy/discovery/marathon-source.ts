// Asks Marathon what is to be balanced (haproxy.md 2.1): one of several, the one that answered last first, within a time and
// a size, and says in one of three codes why there is nothing.
import { type HttpHeaders, NetError } from '../../world/net.ts';
import type { World } from '../../world/world.ts';
import { AddressBook } from './address-book.ts';
import { type BoundedAnswer, boundedGet } from './bounded-request.ts';
import { DefinitionBook } from './definition-book.ts';
import type { DiscoveredApp, DiscoveredDefinition, Discovery } from './discovered.ts';
import { DiscoveryError, type DiscoveryErrorCode } from './discovery-error.ts';
import { readApps } from './read-apps.ts';

const PATH = '/v2/apps?embed=apps.tasks';
const DEFAULT_DEADLINE_MS = 30_000;
const DEFAULT_MOST_BYTES = 256 * 2 ** 20;
/** Older definitions are worth this much waiting for, all together. */
const DEFINITIONS_MS = 5_000;
/** So that a Marathon that hangs leaves time for the next. */
const LEAST_TRY_MS = 2_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Which Marathons are asked, as whom, and how long. */
export interface MarathonSourceOptions {
  /** `http://host:port`, with or without a path and a slash at the end; tried in this order. */
  readonly marathons: readonly string[];
  /** For those alone: credentials (`authorization`). */
  readonly headers?: HttpHeaders;
  readonly insecureTls?: boolean;
  /** For all tries of one turn together. Default 30 s (haproxy.md 10.2). */
  readonly deadlineMs?: number;
  /** Default 256 MiB. */
  readonly mostBytes?: number;
  /** Apps whose older versions are worth asking for (haproxy.md 3.5). Absent: those with HAPROXY_ labels. */
  readonly concerns?: (app: DiscoveredApp) => boolean;
}

/** An answer with what had to be looked up for it: all that `buildModel` needs from outside. */
export interface Discovered {
  readonly discovery: Discovery;
  /** Agent name → address. */
  readonly addresses: ReadonlyMap<string, string>;
  /** By `definitionKey`; of versions that run and are not their app's. */
  readonly definitions: ReadonlyMap<string, DiscoveredDefinition>;
}

/** Lives as long as the process, for what it remembers: who answered, addresses, definitions. */
export class MarathonSource {
  readonly #world: Pick<World, 'net' | 'clock' | 'host' | 'log'>;
  readonly #options: MarathonSourceOptions;
  readonly #urls: readonly string[];
  readonly #addresses: AddressBook;
  readonly #definitions: DefinitionBook;
  #preferred = 0;

  constructor(world: Pick<World, 'net' | 'clock' | 'host' | 'log'>, options: MarathonSourceOptions) {
    this.#world = world;
    this.#options = options;
    this.#urls = options.marathons.map((url) => url.replace(/\/+$/, ''));
    this.#addresses = new AddressBook(world);
    this.#definitions = new DefinitionBook(world.log, options.concerns);
  }

  /**
   * One whole answer. A Marathon that does not answer, or not with apps, is passed over for the next.
   * @throws DiscoveryError when none gave any; of several reasons the most telling: empty, then unusable, then unreachable.
   */
  async discover(): Promise<Discovered> {
    const { clock } = this.#world;
    const endsMs = clock.monotonicMs() + (this.#options.deadlineMs ?? DEFAULT_DEADLINE_MS);
    const failures: DiscoveryError[] = [];
    for (let tried = 0; tried < this.#urls.length; tried += 1) {
      const index = (this.#preferred + tried) % this.#urls.length;
      const url = this.#urls[index] ?? '';
      const leftMs = endsMs - clock.monotonicMs();
      const isLast = tried === this.#urls.length - 1;
      const timeoutMs = isLast ? leftMs : Math.min(leftMs, Math.max(LEAST_TRY_MS, leftMs / 2));
      if (timeoutMs <= 0) {
        failures.push(new DiscoveryError('unreachable', `${shown(url)}: no time was left to ask`));
        continue;
      }
      try {
        const discovery = await this.#ask(url, clock.monotonicMs() + timeoutMs);
        this.#preferred = index;
        return await this.#complete(url, discovery, endsMs);
      } catch (error) {
        if (!(error instanceof DiscoveryError)) throw error;
        failures.push(error);
      }
    }
    throw summary(failures);
  }

  async #complete(url: string, discovery: Discovery, endsMs: number): Promise<Discovered> {
    const definitionsEndMs = Math.min(endsMs, this.#world.clock.monotonicMs() + DEFINITIONS_MS);
    const [addresses, definitions] = await Promise.all([
      this.#addresses.resolve(agentsOf(discovery)),
      this.#definitions.complete(discovery.apps, (path) => this.#get(`${url}${path}`, definitionsEndMs)),
    ]);
    return { discovery, addresses, definitions };
  }

  async #ask(url: string, endsMs: number): Promise<Discovery> {
    const answer = await this.#get(`${url}${PATH}`, endsMs);
    const what = refusalOf(answer.status);
    if (what !== undefined) throw new DiscoveryError(what.code, `${shown(url)}: ${what.message}`);
    let json: unknown;
    try {
      json = JSON.parse(answer.text);
    } catch (cause) {
      const kind = /^\s*</.test(answer.text) ? 'a page of HTML' : 'no JSON';
      throw new DiscoveryError('unusable', `${shown(url)}: the answer is ${kind}; is this a Marathon?`, { cause });
    }
    return readApps(json, shown(url));
  }

  /** Follows one redirect; where it leads to another host than those configured, without credentials (14.3). */
  async #get(url: string, endsMs: number): Promise<BoundedAnswer> {
    const answer = await this.#getOnce(url, endsMs, true);
    if (!REDIRECTS.has(answer.status)) return answer;
    const target = targetOf(url, answer.headers.location);
    if (target === undefined) throw new DiscoveryError('unreachable', `${originOf(url)}: redirects nowhere`);
    if (this.#urls.some((known) => originOf(known) === target.origin)) return this.#getOnce(target.href, endsMs, true);
    const next = await this.#getOnce(target.href, endsMs, false).catch((error: unknown) => {
      if (!(error instanceof DiscoveryError)) throw error;
      throw new DiscoveryError(error.code, `${originOf(url)}: redirects to ${error.message}`, { cause: error });
    });
    if (next.status !== 401 && next.status !== 403) return next;
    const message = `redirects to ${target.origin}, which answers ${next.status}; it got no credentials because it is not among the Marathons given: name it there (--marathon)`;
    throw new DiscoveryError('unreachable', `${originOf(url)}: ${message}`);
  }

  /** `isTrusted`: configured, which alone gets credentials and need not show a certificate that is known. */
  async #getOnce(url: string, endsMs: number, isTrusted: boolean): Promise<BoundedAnswer> {
    try {
      return await boundedGet(this.#world, {
        url,
        headers: { accept: 'application/json', ...(isTrusted && this.#options.headers) },
        insecureTls: isTrusted && (this.#options.insecureTls ?? false),
        timeoutMs: Math.max(1, endsMs - this.#world.clock.monotonicMs()),
        mostBytes: this.#options.mostBytes ?? DEFAULT_MOST_BYTES,
      });
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      const code = error.code === 'too-large' ? 'unusable' : 'unreachable';
      throw new DiscoveryError(code, `${originOf(url)}: ${error.message}`, { cause: error });
    }
  }
}

/** Agents whose own address counts: not those that run container networks only. */
function* agentsOf(discovery: Discovery): Iterable<string> {
  for (const app of discovery.apps) if (app.networkMode !== 'container') for (const task of app.tasks) yield task.host;
}

function refusalOf(status: number): { code: DiscoveryErrorCode; message: string } | undefined {
  if (status === 200) return undefined;
  if (status === 401 || status === 403) {
    return { code: 'unreachable', message: `answers ${status}; check the credentials given for Marathon` };
  }
  if (status >= 500) return { code: 'unreachable', message: `answers ${status}` };
  return { code: 'unusable', message: `answers ${status} to ${PATH}; is this a Marathon?` };
}

function summary(failures: readonly DiscoveryError[]): DiscoveryError {
  const order: readonly DiscoveryErrorCode[] = ['empty', 'unusable', 'unreachable'];
  const code = order.find((one) => failures.some((failure) => failure.code === one)) ?? 'unreachable';
  const message = failures.map((failure) => failure.message).join('; ') || 'no Marathon is configured';
  return new DiscoveryError(code, message, { cause: failures[0] });
}

function targetOf(url: string, location: string | undefined): URL | undefined {
  if (location === undefined || !URL.canParse(location, url)) return undefined;
  const target = new URL(location, url);
  return target.protocol === 'http:' || target.protocol === 'https:' ? target : undefined;
}

/** Without user and password, should the URL have them. */
function shown(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/@]*@/i, '$1');
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}
