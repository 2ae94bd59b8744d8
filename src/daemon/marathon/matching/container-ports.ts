// Port numbers inside the container (marathon.md 15.2, 15.3): what the app says, and what is chosen where it leaves one
// open. Chosen with the match, so that the task and whoever later asks it at its own address mean the same number.
import type { Random } from '../../../world/world.ts';
import type { App } from '../model/app.ts';

const LOWEST_OPEN_PORT = 1025;
const HIGHEST_PORT = 65_535;

/**
 * One number a port mapping, none on the host's network. Container port 0 means the same as the host port; without one
 * nobody else's number can serve, so a free one is drawn. `hostPorts`: one entry a mapping, as in Match.ports.
 */
export function containerPorts(
  { container }: Pick<App, 'container'>,
  hostPorts: readonly (number | undefined)[],
  random: Pick<Random, 'integer'>,
): number[] {
  const mappings = container?.portMappings ?? [];
  const known = mappings.map(({ containerPort }, i) => (containerPort === 0 ? (hostPorts[i] ?? 0) : containerPort));
  const used = new Set(known);
  return known.map((port) => (port === 0 ? draw(used, random) : port));
}

/** The first that nothing uses from a random number on, round the end; the same for all once there is none. */
function draw(used: Set<number>, random: Pick<Random, 'integer'>): number {
  const count = HIGHEST_PORT - LOWEST_OPEN_PORT + 1;
  const start = random.integer(count);
  for (let step = 0; step < count; step++) {
    const port = LOWEST_OPEN_PORT + ((start + step) % count);
    if (used.has(port)) continue;
    used.add(port);
    return port;
  }
  return LOWEST_OPEN_PORT + start;
}
