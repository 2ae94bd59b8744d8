// A real master on a simulated machine, and the hands of a test: frameworks and agents that say exactly what the test says.
import { expect } from 'vitest';
import type { Election } from '../../../../src/cluster/election.ts';
import type { MasterCore } from '../../../../src/daemon/master/core.ts';
import {
  type MasterEnd,
  parseMasterOptions,
  type RunningMaster,
  startMaster,
} from '../../../../src/daemon/master/index.ts';
import type { FrameworkInfo } from '../../../../src/mesos/generated/v1.ts';
import { type ProcessHandle, Simulation } from '../../../../src/simulation/index.ts';
import { checkMaster } from '../../../../src/simulation/scenario/invariants.ts';
import { checkKeptSums } from '../../../../src/simulation/scenario/kept-sums.ts';
import type { ClientResponse } from '../../../../src/world/net.ts';
import type { World } from '../../../../src/world/world.ts';
import { FakeAgent } from './fake-agent.ts';
import { FakeFramework } from './fake-framework.ts';

const PORT = 5050;
const ADDRESS = '10.0.0.1';

export class Rig {
  readonly simulation: Simulation;
  readonly master: ProcessHandle<RunningMaster>;
  readonly masterUrl = `http://${ADDRESS}:${PORT}`;
  #core: MasterCore | undefined;
  #hosts = 0;

  private constructor(seed: number, flags: readonly string[], election?: Election) {
    this.simulation = new Simulation({ seed });
    const host = this.simulation.host('master', { address: ADDRESS });
    this.master = host.start('master', async (world, context) => {
      const args = ['--work_dir=/master', `--ip=${ADDRESS}`, `--port=${PORT}`, '--insecure_no_auth', ...flags];
      return await startMaster(world, parseMasterOptions({ args }), {
        store: context.openStore('/master'),
        election: election ?? context.openElection('/master'),
        onCore: (core) => {
          this.#core = core;
        },
      });
    });
  }

  /** A master that leads and serves. */
  static async start(...flags: string[]): Promise<Rig> {
    const rig = new Rig(1, flags);
    await rig.untilServing();
    return rig;
  }

  /** A master that listens and is a candidate of that election. */
  static async candidate(election: Election, ...flags: string[]): Promise<Rig> {
    const rig = new Rig(1, flags, election);
    await rig.simulation.runUntil(() => rig.master.value !== undefined, 5_000);
    return rig;
  }

  get core(): MasterCore {
    if (this.#core === undefined) throw new Error('there is no master yet');
    return this.#core;
  }

  async untilServing(): Promise<void> {
    const isServing = () => this.master.value !== undefined && this.#core?.state.recovered === true;
    expect(await this.simulation.runUntil(isServing, 5_000), 'the master serves').toBe(true);
  }

  /** How the master ended by itself. */
  get outcome(): MasterEnd {
    return this.master.outcome as MasterEnd;
  }

  async restartMaster(): Promise<void> {
    this.#core = undefined;
    this.master.restart();
    await this.untilServing();
  }

  /** Lets virtual time pass, and checks the master's books. */
  async pass(ms: number): Promise<void> {
    await this.simulation.run({ forMs: ms });
    if (this.master.state === 'running') expect([...checkMaster(this.core), ...checkKeptSums(this.core)]).toEqual([]);
  }

  async settle<T>(promise: Promise<T>): Promise<T> {
    return await this.simulation.settle(promise);
  }

  async world(): Promise<{ world: World; address: string; handle: ProcessHandle<World> }> {
    this.#hosts += 1;
    const host = this.simulation.host(`probe-${this.#hosts}`, { address: `10.0.1.${this.#hosts}` });
    const handle = host.start('probe', async (world) => world);
    await this.simulation.runUntil(() => handle.value !== undefined);
    return { world: handle.world, address: host.address, handle };
  }

  /** A framework with its own machine; not subscribed yet. */
  async framework(info: Partial<FrameworkInfo> = {}): Promise<FakeFramework> {
    const { world, handle } = await this.world();
    return new FakeFramework(this, world, handle, { user: 'nobody', name: 'test', ...info });
  }

  /** A subscribed framework that understands everything new. */
  async subscribed(info: Partial<FrameworkInfo> = {}): Promise<FakeFramework> {
    const framework = await this.framework({
      roles: ['*'],
      capabilities: [{ type: 'MULTI_ROLE' }, { type: 'RESERVATION_REFINEMENT' }, { type: 'PARTITION_AWARE' }],
      checkpoint: true,
      failover_timeout: 60,
      ...info,
    });
    await framework.subscribe();
    return framework;
  }

  /** An agent with its own machine; not registered yet. */
  async agent(resources = 'cpus:4;mem:1024;ports:[31000-31009]'): Promise<FakeAgent> {
    const { world, address, handle } = await this.world();
    return new FakeAgent(this, world, handle, address, resources);
  }

  async registered(resources?: string): Promise<FakeAgent> {
    const agent = await this.agent(resources);
    await agent.subscribe();
    return agent;
  }

  async request(world: World, method: string, target: string, body = '', headers = {}): Promise<ClientResponse> {
    return await this.settle(world.net.request({ method, url: this.masterUrl + target, headers, body }));
  }
}

export const text = (response: { body: Uint8Array }): string => new TextDecoder().decode(response.body);
