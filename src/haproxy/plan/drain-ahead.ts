// When a reload has to wait (haproxy.md 10.8), what can be done without it is done at once: servers that are new take their
// part, and those that are going take nothing new any more, so that a task that ends is out of rotation in time (14.12).
import { canBeNamed, type RuntimeCommand } from '../runtime/command-text.ts';
import type { RunningServer } from '../runtime/servers-state.ts';
import { readConfig, type Section, wordsOf } from './config-text.ts';
import { hasDefaultServer, obstacleToAdding } from './plan-change.ts';

/**
 * Additions in backends that are the same but for their servers; then maintenance for what the next file has no more or
 * disabled, in backends where somebody else is up and stays. Each command is worth running though others fail.
 * @param before what is on disk; the running process has the backends of that
 */
export function doAhead(before: string | undefined, next: string, running: readonly RunningServer[]): RuntimeCommand[] {
  const sections = backendsOf(readConfig(next));
  const known = backendsOf(readConfig(before ?? ''));
  const [additions, departures]: [RuntimeCommand[], RuntimeCommand[]] = [[], []];
  for (const [backend, servers] of Map.groupBy(running, (server) => server.backend)) {
    const section = sections.get(backend);
    if (section === undefined) continue;
    const arriving = isAlike(known.get(backend), section) ? additionsTo(section, servers) : [];
    additions.push(...arriving);
    const stays = ({ name }: RunningServer): boolean => section.servers.get(name)?.isDisabled === false;
    const isServed = servers.some((server) => stays(server) && server.isUp && !server.isInMaintenance);
    if (!isServed && arriving.length === 0) continue;
    for (const server of servers) {
      if (stays(server) || server.isInMaintenance || !canBeNamed(backend, server.name)) continue;
      departures.push({ kind: 'maint', backend, server: server.name });
    }
  }
  return [...additions, ...departures];
}

/** Those of a file whose defaults have options for servers are not known well enough: none. */
function additionsTo(section: Section, running: readonly RunningServer[]): RuntimeCommand[] {
  const names = new Set(running.map((server) => server.name));
  const additions: RuntimeCommand[] = [];
  for (const wanted of section.servers.values()) {
    if (names.has(wanted.name) || wanted.isDisabled || obstacleToAdding(section, wanted) !== undefined) continue;
    const { name: server } = wanted;
    additions.push({ kind: 'add', backend: section.name, server, words: wordsOf(wanted), isDisabled: false });
  }
  return additions;
}

function backendsOf(sections: readonly Section[]): Map<string, Section> {
  const inheritsOptions = sections.some((section) => section.kind === 'defaults' && hasDefaultServer(section));
  return new Map(
    sections
      .filter(({ kind }) => kind === 'backend')
      .map((section) => [
        section.name,
        inheritsOptions ? { ...section, lines: [...section.lines, 'default-server '] } : section,
      ]),
  );
}

const isAlike = (one: Section | undefined, other: Section): boolean =>
  one !== undefined && one.lines.join('\n') === other.lines.join('\n');
