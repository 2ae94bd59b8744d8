// A real master, 100 agents in one process whose tasks start nothing, and the framework that is measured.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { DaemonProcess, DaemonSet, getJson, until } from '../test/integration/daemon-processes.ts';
import { freePort } from '../test/ports.ts';

const AGENTS = 100;
const AGENTS_PROGRAM = fileURLToPath(new URL('./idle-agents-main.ts', import.meta.url));

export interface IdleCluster {
  readonly daemons: DaemonSet;
  /** What is measured. */
  readonly framework: DaemonProcess;
  stop(): Promise<void>;
}

/** Resolves when the agents are there and `framework` (`marathon`, `chronos`) is registered. */
export async function startIdleCluster(framework: string, flags: readonly string[] = []): Promise<IdleCluster> {
  const daemons = await DaemonSet.start({ agents: 0, resources: '' });
  const { host } = new URL(daemons.master.url);
  const agents = spawn(process.execPath, [AGENTS_PROGRAM, host, String(AGENTS), join(daemons.directory, 'agents')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const port = await freePort();
  const daemon = new DaemonProcess(framework, `http://127.0.0.1:${port}`, [
    framework,
    `--master=${host}`,
    `--http-port=${port}`,
    `--work-dir=${daemons.directory}/${framework}`,
    ...flags,
  ]);
  await until(`${AGENTS} agents are there`, 60_000, async () => {
    const state = await getJson<{ activated_slaves: number }>(`${daemons.master.url}/state`);
    return state.activated_slaves === AGENTS;
  });
  await until(`${framework} is registered`, 30_000, async () => {
    const state = await getJson<{ frameworks: readonly { name: string }[] }>(`${daemons.master.url}/state`);
    return state.frameworks.some(({ name }) => name === framework);
  });
  return {
    daemons,
    framework: daemon,
    async stop() {
      await daemon.kill('SIGTERM');
      await ended(agents);
      await daemons.stop();
    },
  };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

/** Seconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
