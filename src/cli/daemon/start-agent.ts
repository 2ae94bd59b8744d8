// An agent of this machine, started from the command line: the wiring.
import { resolve } from 'node:path';
import type { AgentOptions } from '../../daemon/agent/flags.ts';
import { startAgent } from '../../daemon/agent/index.ts';
import type { RealWorld } from '../../world/real/index.ts';
import type { OpenElection } from '../masters/open.ts';
import type { RunningDaemon } from './running-daemon.ts';

/** Relative directories are meant from the working directory. Throws Problem `usage` for a --master that is none. */
export async function startLocalAgent(world: RealWorld, options: AgentOptions): Promise<RunningDaemon> {
  const { workDir, runtimeDir } = options;
  const absolute = { ...options, workDir: resolve(workDir), runtimeDir: runtimeDir && resolve(runtimeDir) };
  const election = await followedElection(world, options);
  try {
    const agent = await startAgent(world, absolute, {
      setVerbosity: (level) => world.setLogLevel(level > 0 ? 'debug' : 'info'),
      ...(election !== undefined && { detector: election.source }),
    });
    return {
      url: agent.url,
      ended: agent.ended.then(async (end) => {
        await election?.close();
        return end;
      }),
      async stop() {
        await agent.stop();
        await election?.close();
      },
      async unregister() {
        agent.unregister();
        await agent.ended;
      },
    };
  } catch (error) {
    await election?.close();
    throw error;
  }
}

/** The election that --master names, itself or in a file; undefined for an address. */
async function followedElection(world: RealWorld, options: AgentOptions): Promise<OpenElection | undefined> {
  const { checkMaster, isElection, isFile, readMasters } = await import('../masters/texts.ts');
  const { master } = options;
  if (!isElection(master) && !isFile(master)) return undefined;
  checkMaster(master, '--master');
  const [text = ''] = readMasters([master]);
  if (!isElection(text)) return undefined;
  const { openElection } = await import('../masters/open.ts');
  return await openElection(world, text, options.zkSessionTimeoutMs);
}
