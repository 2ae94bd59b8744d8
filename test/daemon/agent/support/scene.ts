// One agent with fake containers and a fake master, in a simulated world with virtual time.
import { parseAgentOptions, type RunningAgent, startAgent } from '../../../../src/daemon/agent/index.ts';
import type { MasterDetector } from '../../../../src/daemon/agent/registration/detector.ts';
import type { FrameworkInfo, TaskInfo } from '../../../../src/mesos/generated/v1.ts';
import { Simulation } from '../../../../src/simulation/index.ts';
import type { ProcessHandle } from '../../../../src/simulation/process-handle.ts';
import { FakeContainerizer, FakeMachine } from './fake-containerizer.ts';
import { FakeMaster, MASTER_PORT } from './fake-master.ts';

export const FRAMEWORK: FrameworkInfo = {
  id: { value: 'M-0000' },
  user: 'root',
  name: 'test',
  checkpoint: true,
  roles: ['*'],
  capabilities: [{ type: 'MULTI_ROLE' }, { type: 'RESERVATION_REFINEMENT' }],
};

export const AWARE: FrameworkInfo = {
  ...FRAMEWORK,
  id: { value: 'M-0001' },
  capabilities: [{ type: 'MULTI_ROLE' }, { type: 'PARTITION_AWARE' }, { type: 'TASK_KILLING_STATE' }],
};

export const FORGETFUL: FrameworkInfo = { ...FRAMEWORK, id: { value: 'M-0002' }, checkpoint: false };

export function task(id: string, more: Partial<TaskInfo> = {}): TaskInfo {
  const scalar = (name: string, value: number) => ({
    name,
    type: 'SCALAR' as const,
    scalar: { value },
    allocation_info: { role: '*' },
  });
  return {
    name: `task ${id}`,
    task_id: { value: id },
    agent_id: { value: 'M-S0' },
    resources: [scalar('cpus', 0.1), scalar('mem', 32)],
    command: { value: 'sleep 1000' },
    ...more,
  };
}

const WORK_DIR = '/var/lib/mesos/agent';

export class Scene {
  readonly simulation: Simulation;
  readonly machine = new FakeMachine();
  readonly master: FakeMaster;
  readonly masterHandle: ProcessHandle<FakeMaster>;
  readonly agent: ProcessHandle<RunningAgent>;
  /** More flags for the next start. */
  flags: string[];

  private constructor(
    simulation: Simulation,
    master: FakeMaster,
    masterHandle: ProcessHandle<FakeMaster>,
    flags: string[],
    detector: MasterDetector | undefined,
  ) {
    this.simulation = simulation;
    this.master = master;
    this.masterHandle = masterHandle;
    this.flags = flags;
    this.agent = simulation.host('agent', { address: '10.0.1.1' }).start('agent', (world) =>
      startAgent(world, parseAgentOptions({ args: [...this.#baseFlags(), ...this.flags] }), {
        createContainerizer: async () => new FakeContainerizer(world, this.machine),
        ...(detector && { detector }),
      }),
    );
  }

  /** Agent started and registered, unless told otherwise. */
  static async set(
    options: { flags?: string[]; seed?: number; isRegistered?: boolean; detector?: MasterDetector } = {},
  ): Promise<Scene> {
    const simulation = new Simulation({ seed: options.seed ?? 1 });
    const masterHandle = simulation
      .host('master', { address: '10.0.0.1' })
      .start('master', (world) => FakeMaster.start(world));
    await simulation.runUntil(() => masterHandle.value !== undefined);
    if (masterHandle.value === undefined) throw new Error('no master');
    const scene = new Scene(simulation, masterHandle.value, masterHandle, options.flags ?? [], options.detector);
    if (options.isRegistered ?? true) await scene.until(() => scene.agent.value?.state === 'RUNNING');
    return scene;
  }

  #baseFlags(): string[] {
    return [
      `--master=10.0.0.1:${MASTER_PORT}`,
      `--work_dir=${WORK_DIR}`,
      '--ip=10.0.1.1',
      '--insecure_no_auth',
      '--resources=cpus:4;mem:2048;disk:4096;ports:[31000-31999]',
      '--attributes=rack:r1;zone:z1;level:1;ports:[1-1]',
    ];
  }

  async until(predicate: () => boolean, limitMs = 120_000): Promise<void> {
    if (!(await this.simulation.runUntil(predicate, limitMs))) throw new Error('it did not happen');
  }

  async pass(forMs: number): Promise<void> {
    await this.simulation.run({ forMs });
  }

  async untilState(taskId: string, state: string): Promise<void> {
    await this.until(() => this.master.states(taskId).includes(state));
  }

  /** SIGKILL of the agent, and a new one. */
  async restart(): Promise<void> {
    this.agent.restart();
    await this.until(() => this.agent.state !== 'starting');
  }

  async get(path: string): Promise<{ status: number; text: string }> {
    return await this.#request('GET', path);
  }

  async post(path: string, body: unknown): Promise<{ status: number; text: string }> {
    return await this.#request('POST', path, JSON.stringify(body));
  }

  async #request(method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
    const headers = { 'content-type': 'application/json' };
    const request = { method, url: `http://10.0.1.1:5051${path}`, ...(body !== undefined && { body, headers }) };
    const answer = await this.simulation.settle(this.masterHandle.world.net.request(request));
    return { status: answer.status, text: new TextDecoder().decode(answer.body) };
  }
}
