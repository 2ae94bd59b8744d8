// The server-state file, if the config asks for one (haproxy.md 12.9): written right before a reload, so that the new worker
// knows who was down. Only what cannot contradict the new config is in it.
import { isAbsolute, join } from 'node:path';
import type { World } from '../../../world/world.ts';
import { addressOf, readConfig } from '../../plan/config-text.ts';
import { stateFileText } from '../../runtime/servers-state.ts';

/** Path of the global server-state file, undefined when the config does not load one. */
export function serverStatePath(config: string): string | undefined {
  const sections = readConfig(config);
  const loads = sections.some(({ lines }) =>
    lines.some((line) => /^load-server-state-from-file\s+global\b/.test(line)),
  );
  const global = sections.find(({ kind }) => kind === 'global')?.lines ?? [];
  const settingOf = (keyword: string): string | undefined =>
    global.find((line) => line.startsWith(`${keyword} `))?.split(/\s+/)[1];
  const file = settingOf('server-state-file');
  if (!loads || file === undefined) return undefined;
  const path = isAbsolute(file) ? file : join(settingOf('server-state-base') ?? '', file);
  return isAbsolute(path) ? path : undefined;
}

/** Writes it out of the dump of the running process. Throws DiskError. */
export async function writeServerState(
  { disk }: Pick<World, 'disk'>,
  path: string,
  dump: string,
  config: string,
): Promise<void> {
  const backends = new Map(readConfig(config).map(({ name, servers }) => [name, servers]));
  const text = stateFileText(dump, (server) => {
    const line = backends.get(server.backend)?.get(server.name);
    const place = line === undefined ? undefined : addressOf(line);
    if (line === undefined || place === undefined || line.isDisabled) return false;
    const isUntouched = !server.isInMaintenance && !server.isDrained && server.weight === server.initialWeight;
    return isUntouched && place.address === server.address && place.port === server.port;
  });
  await disk.writeAtomic(path, text, { mode: 0o644 });
}
