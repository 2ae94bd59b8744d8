// When a reload has to wait (haproxy.md 10.8), servers that are going can be told at once to take nothing new, so that a task
// that ends is out of rotation in time (14.12).
import { canBeNamed, type RuntimeCommand } from '../runtime/command-text.ts';
import type { RunningServer } from '../runtime/servers-state.ts';
import { readConfig } from './config-text.ts';

/** Maintenance for what the next file has no more or disabled, in backends where somebody else is up and stays. */
export function drainAhead(next: string, running: readonly RunningServer[]): RuntimeCommand[] {
  const sections = new Map(readConfig(next).map((section) => [section.name, section]));
  const commands: RuntimeCommand[] = [];
  for (const [backend, servers] of Map.groupBy(running, (server) => server.backend)) {
    const section = sections.get(backend);
    if (section?.kind !== 'backend') continue;
    const stays = ({ name }: RunningServer): boolean => section.servers.get(name)?.isDisabled === false;
    if (!servers.some((server) => stays(server) && server.isUp && !server.isInMaintenance)) continue;
    for (const server of servers) {
      if (stays(server) || server.isInMaintenance || !canBeNamed(backend, server.name)) continue;
      commands.push({ kind: 'maint', backend, server: server.name });
    }
  }
  return commands;
}
