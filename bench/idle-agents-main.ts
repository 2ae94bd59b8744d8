// Program: many agents in one process whose tasks start no processes. `node idle-agents-main.ts <master> <count> <dir>`;
// ends with SIGTERM.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseAgentOptions } from '../src/daemon/agent/flags.ts';
import { startAgent } from '../src/daemon/agent/index.ts';
import { createRealWorld } from '../src/world/real/index.ts';
import { IdleContainers } from './idle-containers.ts';

const [master = '', countText = '1', directory = ''] = process.argv.slice(2);
const world = createRealWorld({ log: { level: 'error' } });
const count = Number(countText);

await Promise.all(
  Array.from({ length: count }, (_, index) => {
    const workDirectory = join(directory, `agent-${index + 1}`);
    mkdirSync(workDirectory, { recursive: true });
    // One address an agent: constraints on the host name see as many hosts.
    const ip = `127.0.${1 + Math.floor(index / 250)}.${2 + (index % 250)}`;
    const args = [
      `--master=${master}`,
      `--ip=${ip}`,
      `--hostname=${ip}`,
      '--port=0',
      `--work-dir=${workDirectory}`,
      `--runtime-dir=${workDirectory}/run`,
      `--fetcher-cache-dir=${workDirectory}/fetch`,
      '--resources=cpus:1000;mem:1000000;disk:1000000;ports:[31000-32999]',
      '--registration-backoff-factor=50ms',
    ];
    return startAgent(world, parseAgentOptions({ args }), { createContainerizer: async () => new IdleContainers() });
  }),
);
process.on('SIGTERM', () => process.exit(0));
