// Program: an agent in a process of its own, to be stopped and continued: `node agent-process.ts --flag…`. Its parent is told
// the URL.
import { startLocalAgent } from '../../../src/cli/daemon/start-agent.ts';
import { parseAgentOptions } from '../../../src/daemon/agent/flags.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';

const world = createRealWorld({ log: { level: 'silent' } });
const daemon = await startLocalAgent(world, parseAgentOptions({ args: process.argv.slice(2) }));
process.on('SIGTERM', () => {
  // Its tasks end with it.
  daemon.unregister?.().then(() => process.exit(0));
});
process.send?.(daemon.url);
