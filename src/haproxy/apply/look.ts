// What a turn works with, and what it finds at its beginning: the disk, the running HAProxy, Marathon (haproxy.md 10.2, 10.4).
import type { World } from '../../world/world.ts';
import type { BalancerOptions } from '../model/options.ts';
import type { Files } from '../plan/plan-change.ts';
import { filesHash } from './compose.ts';
import { isOnDisk, MAP_NAMES, readFiles } from './install/replace.ts';
import { lookAtRunning, type Running, type Sockets } from './install/running.ts';
import { lookAtMarathon, type Picture } from './look-at-marathon.ts';
import type { Draft } from './memory/draft.ts';
import type { Memory, StateFiles } from './memory/state-file.ts';
import type { ApplySettings } from './settings.ts';
import type { Stopwatch } from './stopwatch.ts';
import type { TurnParts } from './turn.ts';

/** The same for all turns of a process. */
export interface Workplace {
  readonly world: World;
  readonly settings: ApplySettings;
  readonly parts: TurnParts;
  readonly files: StateFiles;
  /** By their number of connections: rendering remembers for the very same value. */
  readonly options: Map<number, BalancerOptions>;
}

/** What was found at the beginning of one. */
export interface Found {
  readonly disk: Files | undefined;
  readonly memory: Memory;
  readonly running: Running;
  readonly picture: Picture;
}

/** HAProxy is asked meanwhile: for a large state it needs as long as Marathon. Throws ApplyError `source`, DiskError. */
export async function lookAround(place: Workplace, sockets: Sockets, watch: Stopwatch): Promise<Found> {
  const { world, settings, parts, files } = place;
  const asked = lookAtRunning(sockets);
  const rest = async (): Promise<Omit<Found, 'running'>> => {
    const [memory, disk] = await watch.stage('read', () =>
      Promise.all([files.readMemory(), readFiles(world, settings.configPath, MAP_NAMES)]),
    );
    const [picture] = await watch.stage('discover', () =>
      Promise.all([lookAtMarathon(world, parts.discover, parts.options, memory.known, sockets.admin), asked]),
    );
    return { disk, memory, picture };
  };
  const [running, found] = await Promise.all([asked, rest()]);
  // With a config that has no such socket nobody can listen there, and may well run.
  const { runtimeSocket } = settings;
  const isExpected =
    runtimeSocket === undefined || found.disk?.config.includes(`stats socket ${runtimeSocket}`) === true;
  const isUnknown = running.kind === 'down' && !isExpected;
  return { ...found, running: isUnknown ? { ...running, kind: 'unknown' } : running };
}

/** Whether these files are on disk, and HAProxy was last seen to run with them. */
export function isInForce(settings: ApplySettings, draft: Draft, disk: Files | undefined, next: Files): boolean {
  return isOnDisk(settings.configPath, disk, next) && draft.applied?.hash === filesHash(next);
}
