// An agent of this machine, started from the command line: the wiring.
import { resolve } from 'node:path';
import type { AgentOptions } from '../../daemon/agent/flags.ts';
import { startAgent } from '../../daemon/agent/index.ts';
import type { RealWorld } from '../../world/real/index.ts';
import type { RunningDaemon } from './running-daemon.ts';

/** Relative directories are meant from the working directory. */
export async function startLocalAgent(world: RealWorld, options: AgentOptions): Promise<RunningDaemon> {
  const { workDir, runtimeDir } = options;
  const absolute = { ...options, workDir: resolve(workDir), runtimeDir: runtimeDir && resolve(runtimeDir) };
  const agent = await startAgent(world, absolute, {
    setVerbosity: (level) => world.setLogLevel(level > 0 ? 'debug' : 'info'),
  });
  return {
    url: agent.url,
    ended: agent.ended,
    stop: () => agent.stop(),
    async unregister() {
      agent.unregister();
      await agent.ended;
    },
  };
}
