// Definitions of versions that tasks still run though their app has moved on (haproxy.md 3.5). A version never changes, so
// each is asked for once; one that cannot be had is done without, and asked for again in the next turn.

import type { Log } from '../../world/world.ts';
import { definitionKey } from '../model/context.ts';
import type { BoundedAnswer } from './bounded-request.ts';
import type { DiscoveredApp, DiscoveredDefinition } from './discovered.ts';
import { DiscoveryError } from './discovery-error.ts';
import { FieldError, isObject } from './json-fields.ts';
import { readDefinition } from './read-app.ts';

/** A turn asks for so many at most; the rest waits for the next. */
const MOST_REQUESTS = 200;
const AT_ONCE = 8;
const VERSION = /^[0-9A-Za-z:.+-]{1,40}$/;

interface Wanted {
  readonly key: string;
  readonly appId: string;
  readonly path: string;
}

/** Holds the definitions of versions that run, no others. */
export class DefinitionBook {
  readonly #log: Log;
  readonly #concerns: (app: DiscoveredApp) => boolean;
  #known = new Map<string, DiscoveredDefinition>();

  constructor(log: Log, concerns: (app: DiscoveredApp) => boolean = hasLabels) {
    this.#log = log;
    this.#concerns = concerns;
  }

  /** Definitions by `definitionKey`; `get` asks the Marathon that gave the apps. Never throws for what that answers. */
  async complete(
    apps: readonly DiscoveredApp[],
    get: (path: string) => Promise<BoundedAnswer>,
  ): Promise<ReadonlyMap<string, DiscoveredDefinition>> {
    const known = new Map<string, DiscoveredDefinition>();
    const missing: Wanted[] = [];
    for (const wanted of this.#olderVersions(apps)) {
      const definition = this.#known.get(wanted.key);
      if (definition !== undefined) known.set(wanted.key, definition);
      else if (missing.length < MOST_REQUESTS) missing.push(wanted);
    }
    this.#known = known;
    const queue = missing.values();
    const work = async (): Promise<void> => {
      for (const wanted of queue) {
        const definition = await this.#fetch(wanted, get);
        if (definition !== undefined) known.set(wanted.key, definition);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, missing.length) }, work));
    return known;
  }

  async #fetch(
    wanted: Wanted,
    get: (path: string) => Promise<BoundedAnswer>,
  ): Promise<DiscoveredDefinition | undefined> {
    try {
      const answer = await get(wanted.path);
      const app: unknown = answer.status === 200 ? JSON.parse(answer.text) : undefined;
      if (!isObject(app)) throw new DiscoveryError('unusable', `answers ${answer.status}`);
      return readDefinition(app, wanted.appId, []);
    } catch (error) {
      const isExpected = error instanceof DiscoveryError || error instanceof FieldError || error instanceof SyntaxError;
      if (!isExpected) throw error;
      this.#log.warn('the definition of an older version cannot be read; its tasks are checked by the new one', {
        app: wanted.appId,
        version: wanted.key,
        error: error.message,
      });
      return undefined;
    }
  }

  *#olderVersions(apps: readonly DiscoveredApp[]): Iterable<Wanted> {
    for (const app of apps) {
      let seen: Set<string> | undefined;
      for (const { version } of app.tasks) {
        if (version === undefined || version === app.version || seen?.has(version)) continue;
        if (!VERSION.test(version) || !this.#concerns(app)) continue;
        seen ??= new Set();
        seen.add(version);
        const path = `/v2/apps${app.id}/versions/${encodeURIComponent(version)}`;
        yield { key: definitionKey(app.id, version), appId: app.id, path };
      }
    }
  }
}

function hasLabels(app: DiscoveredApp): boolean {
  for (const label in app.labels) if (label.startsWith('HAPROXY_')) return true;
  return false;
}
