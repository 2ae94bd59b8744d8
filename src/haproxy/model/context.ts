// What a turn knows beside Marathon's answer and the operator's wishes: addresses looked up, definitions of older versions,
// the time, and what earlier turns and the running balancer have to say. Given as values, so that the model stays pure.
import type { DiscoveredDefinition } from '../discovery/discovered.ts';

/** All of it is optional but the addresses: without, the rules of an only, first turn hold. */
export interface ModelContext {
  /** Agent host name → IPv4, or IPv6 without brackets. Hosts that are IP literals need no entry. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Definitions of tasks that run another version than their app's, by `definitionKey` (haproxy.md 3.5). */
  readonly definitions?: ReadonlyMap<string, DiscoveredDefinition>;
  /** Wall time; without it tasks being killed are left out at once (haproxy.md 2.4.5). */
  readonly nowMs?: number;
  readonly known?: Known;
  /**
   * Backend name → names of the servers that this balancer sees up, without a check counting as up (haproxy.md 16.10).
   * Absent: the balancer was not asked, and Marathon's verdict decides (16.4).
   */
  readonly upServers?: ReadonlyMap<string, ReadonlySet<string>>;
  /** SSL_CERT path as written → path after links were resolved; a path not in it does not exist. Absent: not looked at. */
  readonly realPaths?: ReadonlyMap<string, string>;
}

/** What one turn leaves to the next, kept in the state file: plain JSON. Made by `remember`. */
export interface Known {
  /** Task id → Marathon's last verdict (haproxy.md 2.4.2). */
  readonly verdicts: Readonly<Record<string, boolean>>;
  /** Task id → when it was first seen being killed, ms since 1970. */
  readonly killingSinceMs: Readonly<Record<string, number>>;
  /** Claim (`port 8000`, `host a.example /v1`) → id of the app that holds it (haproxy.md 17.6). */
  readonly holders: Readonly<Record<string, string>>;
}

/** Key of `ModelContext.definitions`. */
export function definitionKey(appId: string, version: string): string {
  return `${appId} ${version}`;
}
