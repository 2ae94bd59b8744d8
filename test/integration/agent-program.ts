// An agent in a process of its own, to be killed: `node agent-program.ts --flag…`.
import { parseAgentOptions, startAgent } from '../../src/daemon/agent/index.ts';
import { createRealWorld } from '../../src/world/real/index.ts';

const world = createRealWorld({ log: { level: 'warn' } });
const agent = await startAgent(world, parseAgentOptions({ args: process.argv.slice(2) }));
process.on('SIGTERM', () => {
  agent.stop().then(() => process.exit(0));
});
process.on('SIGUSR1', () => agent.unregister());
agent.ended.then(({ code }) => process.exit(code));
