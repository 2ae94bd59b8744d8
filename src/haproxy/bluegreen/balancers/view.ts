// What one balancer shows of a group's tasks, from its own table (haproxy.md 16.7, 16.10). A colour is as healthy as the
// balancers find it: what Marathon thinks of a task is of no use to somebody whose connection goes nowhere.
import type { DiscoveredApp, DiscoveredTask } from '../../discovery/discovered.ts';
import { parseAddress } from '../../grammar/addresses.ts';
import { serverName } from '../../model/servers/server-identity.ts';
import type { StatRow } from '../../runtime/show-stat.ts';

/** What came from one balancer. */
export type BalancerAnswer =
  | { readonly balancer: string; readonly kind: 'unreachable'; readonly why: string }
  /** `pids`: of HAProxy's processes; absent when they are not asked for. */
  | { readonly balancer: string; readonly kind: 'answered'; readonly rows: readonly StatRow[]; readonly pids?: number };

/** `draining`: gets nothing new, has connections. `drained`: has none any more. `down`: anything that serves nobody. */
export type TaskState = 'up' | 'down' | 'draining' | 'drained';

/** One balancer and one group. */
export interface BalancerView {
  readonly balancer: string;
  readonly pids: number | undefined;
  /** Servers of the group's backend, and those of them that get traffic. */
  readonly servers: number;
  readonly up: number;
  /** By task id; tasks that this balancer does not list are not in it. */
  readonly tasks: ReadonlyMap<string, TaskState>;
  /** Task id → connections and queued requests that a task in it still has. */
  readonly open: ReadonlyMap<string, number>;
}

/** The backend is found by the servers in it: its name may have been changed to be unique. */
export function viewOf(
  answer: Extract<BalancerAnswer, { kind: 'answered' }>,
  apps: readonly DiscoveredApp[],
): BalancerView {
  const servers = answer.rows.filter(({ name }) => name !== 'FRONTEND' && name !== 'BACKEND');
  const byPort = Map.groupBy(servers, ({ name }) => name.slice(name.lastIndexOf('_') + 1));
  const found: { readonly task: string; readonly row: StatRow }[] = [];
  for (const app of apps) {
    for (const task of app.tasks) {
      const port = portOf(app, task);
      if (port === undefined) continue;
      for (const row of byPort.get(String(port)) ?? []) {
        if (isServerOf(row.name, app, task, port)) found.push({ task: task.id, row });
      }
    }
  }
  const backend = mostFrequent(found.map(({ row }) => row.proxy));
  const own = servers.filter(({ proxy }) => proxy === backend);
  const matched = found.filter(({ row }) => row.proxy === backend);
  return {
    balancer: answer.balancer,
    pids: answer.pids,
    servers: own.length,
    up: own.filter((row) => stateOf(row) === 'up').length,
    tasks: new Map(matched.map(({ task, row }) => [task, stateOf(row)])),
    open: new Map(matched.map(({ task, row }) => [task, row.currentSessions + row.queued])),
  };
}

function stateOf({ status, currentSessions, queued }: StatRow): TaskState {
  if (/^(?:UP\b|no check$)/.test(status)) return 'up';
  if (!/^MAINT\b/.test(status)) return 'down';
  return currentSessions === 0 && queued === 0 ? 'drained' : 'draining';
}

/** A deployment has one service port, so it is the first (haproxy.md 2.3.5). */
function portOf(app: DiscoveredApp, task: DiscoveredTask): number | undefined {
  if (app.networkMode === 'container') return app.containerPorts[0];
  if (task.ports.length > 0) return task.ports[0];
  return app.portDefinitions.length > 0 || app.networkMode === 'host' ? app.portDefinitions[0] : app.containerPorts[0];
}

function isServerOf(name: string, app: DiscoveredApp, task: DiscoveredTask, port: number): boolean {
  const host = parseAddress(task.host) ?? task.host;
  if (app.networkMode === 'container') {
    const own = parseAddress(task.ipAddresses[0] ?? '');
    return own !== undefined && name === serverName(host, own, port);
  }
  if (parseAddress(host) !== undefined) return name === serverName(host, host, port);
  // The balancer looked the agent's name up, perhaps elsewhere than we would: its answer is in the server's name.
  const stem = name.slice(0, -`_${port}`.length);
  for (let at = stem.indexOf('_'); at >= 0; at = stem.indexOf('_', at + 1)) {
    const tail = stem.slice(at + 1);
    const address = parseAddress(tail.replaceAll('_', '.')) ?? parseAddress(tail.replaceAll('_', ':'));
    if (address !== undefined && name === serverName(host, address, port)) return true;
  }
  return false;
}

function mostFrequent(names: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0];
}
