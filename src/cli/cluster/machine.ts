// Facts about this machine that the plan of a cluster needs.
import { statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, totalmem } from 'node:os';
import { makeDirectoriesSync } from '../../world/real/disk/make-directories.ts';
import type { Endpoint } from './plan.ts';
import { type Machine, machineShare } from './planning/make-plan.ts';

/** What the agents may share; `directory` is on the file system that their sandboxes will be on. */
export function thisMachine(directory: string): Machine {
  makeDirectoriesSync(directory);
  const disk = statfsSync(directory);
  return machineShare(availableParallelism(), totalmem(), disk.blocks * disk.bsize);
}

/** Can this address be listened on? Found out by doing so for a moment. */
export function isFree({ ip, port }: Endpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: ip, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
