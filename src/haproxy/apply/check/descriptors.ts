// File descriptors: HAProxy needs about two for each connection and does not start without (haproxy.md 9, 10.6).
import type { World } from '../../../world/world.ts';
import type { Section } from '../../plan/config-text.ts';

/** Beside connections, listeners and checks: pipes, event loops, sockets for administration. */
const OTHERS = 50;
/** Bit of CAP_SYS_RESOURCE: whoever has it raises limits at will. */
const SYS_RESOURCE = 24n;
const LEAST_CONNECTIONS = 100;

/** `maxconn` of the global section. */
export function configuredMaxConnections(sections: readonly Section[]): number | undefined {
  const line = sections.find(({ kind }) => kind === 'global')?.lines.find((one) => /^maxconn\s+\d+/.test(one));
  return line === undefined ? undefined : Number(line.split(/\s+/)[1]);
}

/** As HAProxy counts, a little above: one more for each listener and each server that is checked. */
export function neededDescriptors(maxConnections: number, listeners: number, sections: readonly Section[]): number {
  let checks = 0;
  for (const { servers } of sections) {
    for (const server of servers.values()) if (/ (?:agent-)?check\b/.test(server.rest)) checks += 1;
  }
  return 2 * maxConnections + listeners + checks + OTHERS;
}

/**
 * Connections that fit, at most `wanted`. `sockets`: listeners and checks, or a few more. What is kept back for listeners and servers grows in powers of two, so that the
 * figure stays the same while tasks come and go.
 */
export function fittingConnections(wanted: number, limit: number | undefined, sockets: number): number {
  if (limit === undefined) return wanted;
  let reserve = 512;
  while (reserve < sockets + OTHERS) reserve *= 2;
  const fitting = Math.floor((limit - reserve) / 2);
  return Math.min(wanted, Math.max(LEAST_CONNECTIONS, fitting));
}

/**
 * How many descriptors a HAProxy may have: the running one, by its pid, or one that we would start. undefined: not known, or
 * as many as it likes.
 */
export async function descriptorLimit(
  world: Pick<World, 'disk'>,
  pid: number | undefined,
): Promise<number | undefined> {
  const process = pid === undefined ? 'self' : String(pid);
  const limits = await readProc(world, `/proc/${process}/limits`);
  const status = await readProc(world, `/proc/${process}/status`);
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1];
  if (hard === undefined) return undefined;
  const capabilities = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  if ((capabilities >> SYS_RESOURCE) % 2n === 0n) return Number(hard);
  const most = Number(await readProc(world, '/proc/sys/fs/nr_open'));
  return most > 0 ? most : undefined;
}

/** Empty when it is not there or not ours: then nothing is known. */
async function readProc(world: Pick<World, 'disk'>, path: string): Promise<string> {
  return world.disk.readText(path).catch(() => '');
}
