// A real agent process with a scripted master, for tests about executors: what is started, told and left behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutorInfo, FrameworkInfo, TaskInfo } from '../../src/mesos/generated/v1.ts';
import { Resources } from '../../src/mesos/resources.ts';
import { createRealWorld } from '../../src/world/real/index.ts';
import { FakeMaster } from '../daemon/agent/support/fake-master.ts';
import { FRAMEWORK } from '../daemon/agent/support/scene.ts';
import { freePort } from '../ports.ts';

const PROGRAM = fileURLToPath(new URL('./agent-program.ts', import.meta.url));

export const world = createRealWorld({ log: { level: 'error' } });
export const framework: FrameworkInfo = { ...FRAMEWORK, user: world.host.currentUser };
export const hasPython = existsSync('/usr/bin/python3');
if (!hasPython) console.log('SKIPPED: executors in Python, because there is no /usr/bin/python3');

export class ExecutorAgent {
  readonly master: FakeMaster;
  readonly directory = mkdtempSync(join(tmpdir(), 'mctl-executors-'));
  readonly port: number;
  #process: ChildProcess | undefined;

  private constructor(master: FakeMaster, port: number) {
    this.master = master;
    this.port = port;
  }

  /** Not started yet. */
  static async make(): Promise<ExecutorAgent> {
    return new ExecutorAgent(await FakeMaster.start(world, '127.0.0.1', 0), await freePort());
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get cgroupsRoot(): string {
    return `mctl-executors-${this.port}`;
  }

  async start(...more: string[]): Promise<void> {
    const subscriptions = this.master.subscriptions.length;
    const flags = [
      `--master=127.0.0.1:${this.master.port}`,
      `--work_dir=${this.directory}/work`,
      `--runtime_dir=${this.directory}/run`,
      '--ip=127.0.0.1',
      `--port=${this.port}`,
      '--hostname=agent',
      `--cgroups_root=${this.cgroupsRoot}`,
      '--registration_backoff_factor=50ms',
      '--executor_shutdown_grace_period=500ms',
      '--resources=cpus:100;mem:10000;disk:1000',
      ...more,
    ];
    this.#process = spawn(process.execPath, [PROGRAM, ...flags], { stdio: ['ignore', 'inherit', 'inherit'] });
    await until('the agent has registered', () => this.master.subscriptions.length > subscriptions);
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const ending = this.#process;
    this.#process = undefined;
    if (ending === undefined || ending.exitCode !== null) return;
    await new Promise((resolve) => {
      ending.once('exit', resolve);
      ending.kill(signal);
    });
  }

  /** With everything that it runs. */
  async remove(): Promise<void> {
    await this.end('SIGUSR1');
    rmSync(this.directory, { recursive: true, force: true });
  }

  untilState(id: string, state: string, limitMs?: number): Promise<void> {
    return until(`${id} is ${state}`, () => this.master.states(id).includes(state), limitMs);
  }

  /** What executor `e1` is told by its framework. */
  say(text: string): void {
    const ids = { framework_id: { value: 'M-0000' }, executor_id: { value: 'e1' } };
    this.master.send({ type: 'MESSAGE', message: { ...ids, data: Buffer.from(text).toString('base64') } });
  }

  /** What executors told their framework. */
  heard(): string[] {
    return this.master.calls.flatMap(({ message }) =>
      message ? [Buffer.from(message.data, 'base64').toString()] : [],
    );
  }

  /** Processes whose environment says that they belong to this test. */
  processesOfOurs(): string[] {
    return processes((pid) =>
      readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`MESOS_DIRECTORY=${this.directory}`),
    );
  }

  /** Answer of the agent to any request. */
  async ask(
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; text: string }> {
    const request = { url: `http://127.0.0.1:${this.port}${path}`, headers, timeoutMs: 20_000 };
    const answer = await world.net.request(
      body === undefined ? { method: 'GET', ...request } : { method: 'POST', ...request, body },
    );
    return { status: answer.status, text: new TextDecoder().decode(answer.body) };
  }
}

export async function until(what: string, isSo: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> {
  const deadlineMs = world.clock.monotonicMs() + limitMs;
  while (!(await isSo())) {
    if (world.clock.monotonicMs() > deadlineMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await world.clock.sleep(20);
  }
}

/** Ids of living processes of which this holds; those that vanish meanwhile are left out. */
export function processes(holds: (pid: string) => boolean): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')) && holds(pid);
      } catch {
        return false;
      }
    });
}

export const resources = (text: string) => Resources.parse(text).allocatedTo('*').toMessages();

export function executor(command: string, more: Partial<ExecutorInfo> = {}): ExecutorInfo {
  return {
    executor_id: { value: 'e1' },
    framework_id: { value: 'M-0000' },
    type: 'CUSTOM',
    command: { value: command },
    resources: resources('cpus:0.1;mem:64'),
    ...more,
  };
}

export function task(id: string, more: Partial<TaskInfo>): TaskInfo {
  const ids = { task_id: { value: id }, agent_id: { value: 'M-S0' } };
  return { name: id, ...ids, resources: resources('cpus:0.1;mem:32'), ...more };
}
