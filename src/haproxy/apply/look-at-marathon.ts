// What Marathon says, with all that the model wants to know beside it (haproxy.md 10.2).

import type { World } from '../../world/world.ts';
import type { Discovery } from '../discovery/discovered.ts';
import { DiscoveryError } from '../discovery/discovery-error.ts';
import type { Discovered } from '../discovery/marathon-source.ts';
import { certificatePaths } from '../model/certificate-paths.ts';
import type { Known, ModelContext } from '../model/context.ts';
import type { BalancerOptions } from '../model/options.ts';
import type { AdminSocket } from '../runtime/admin-socket.ts';
import { RuntimeError } from '../runtime/runtime-error.ts';
import { upServers } from '../runtime/show-stat.ts';
import { ApplyError } from './apply-error.ts';

/** One look. */
export interface Picture {
  readonly discovery: Discovery;
  readonly context: ModelContext;
  /** An answer that is good in form and empty. */
  readonly hasNoApps: boolean;
}

/** Throws ApplyError `source`. */
export async function lookAtMarathon(
  world: Pick<World, 'clock' | 'disk'>,
  discover: () => Promise<Discovered>,
  options: BalancerOptions,
  known: Known | undefined,
  admin: AdminSocket | undefined,
): Promise<Picture> {
  let found: Discovered;
  let hasNoApps = false;
  try {
    found = await discover();
  } catch (cause) {
    if (!(cause instanceof DiscoveryError)) throw cause;
    if (cause.code !== 'empty') {
      throw new ApplyError('source', `Marathon: ${cause.message}; what is served stays as it is`, { cause });
    }
    hasNoApps = true;
    const discovery = { source: 'Marathon', apps: [], problems: [] };
    found = { discovery, addresses: new Map(), definitions: new Map() };
  }
  const { discovery, addresses, definitions } = found;
  const up = await serversUp(discovery, admin);
  const context: ModelContext = {
    addresses,
    definitions,
    nowMs: world.clock.nowMs(),
    ...(known && { known }),
    ...(up && { upServers: up }),
    realPaths: await realPaths(world, discovery, options),
  };
  return { discovery, context, hasNoApps };
}

/** Only blue/green asks for them (haproxy.md 16.10). */
async function serversUp(discovery: Discovery, admin: AdminSocket | undefined): Promise<ModelContext['upServers']> {
  const isAsked = discovery.apps.some((app) => 'HAPROXY_DEPLOYMENT_GROUP' in app.labels);
  if (!isAsked || admin === undefined) return undefined;
  try {
    return upServers(await admin.stat());
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return undefined;
  }
}

async function realPaths(
  { disk }: Pick<World, 'disk'>,
  discovery: Discovery,
  { certificatesDirectory }: BalancerOptions,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const paths = certificatePaths(discovery);
  for (const path of paths.length === 0 ? [] : [certificatesDirectory, ...paths]) {
    // Labels are anybody's text; what is no path of a file is simply not there.
    const real =
      path.startsWith('/') && !path.includes('\0') ? await disk.realPath(path).catch(() => undefined) : undefined;
    if (real !== undefined) found.set(path, real);
  }
  return found;
}
