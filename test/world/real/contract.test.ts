// The real World keeps the contract of all Worlds.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRealWorld } from '../../../src/world/real/index.ts';
import { describeWorldContract } from '../world-contract.ts';

describeWorldContract('real', async () => {
  const log = { level: 'silent' } as const;
  const world = createRealWorld({ log });
  const other = createRealWorld({ log });
  const directory = await mkdtemp(join(tmpdir(), 'mctl-world-'));
  return {
    world,
    other,
    directory,
    address: '127.0.0.1',
    programs: {
      exits: (code) => ['/bin/sh', '-c', `exit ${code}`],
      sleeps: ['sleep', '600'],
      prints: (text) => ['printf', '%s', text],
    },
    crashOther: () => other.close(),
    drive: (body) => body(),
    async dispose() {
      await Promise.all([world.close(), other.close()]);
      await rm(directory, { recursive: true, force: true, maxRetries: 10 });
    },
  };
});
