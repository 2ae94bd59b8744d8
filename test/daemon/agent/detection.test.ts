// An agent that follows an election: no leader, new leaders, and what an old one still says.
import { expect, test } from 'vitest';
import type { MasterDetector } from '../../../src/daemon/agent/registration/detector.ts';
import { FakeMaster } from './support/fake-master.ts';
import { FORGETFUL, FRAMEWORK, Scene, task } from './support/scene.ts';

const A = 'http://10.0.0.1:5050';
const B = 'http://10.0.0.2:5050';

/** Says who leads, as the test has it. */
class Election implements MasterDetector {
  #base: string | undefined;
  #fn: ((base: string | undefined) => void) | undefined;

  watch(fn: (base: string | undefined) => void) {
    this.#fn = fn;
    const stop = () => {
      this.#fn = undefined;
    };
    return { stop };
  }

  elect(base: string | undefined): void {
    this.#base = base;
    this.#fn?.(this.#base);
  }
}

async function scene(options: { isRegistered?: boolean } = {}) {
  const election = new Election();
  const agent = await Scene.set({ detector: election, isRegistered: false });
  const other = agent.simulation
    .host('other-master', { address: '10.0.0.2' })
    .start('master', (world) => FakeMaster.start(world, '10.0.0.2'));
  await agent.until(() => other.value !== undefined && agent.agent.value !== undefined);
  if (other.value === undefined) throw new Error('no other master');
  if (options.isRegistered ?? true) {
    election.elect(A);
    await agent.until(() => agent.agent.value?.state === 'RUNNING');
  }
  return { election, agent, other: other.value };
}

const isRunning = (scene: Scene, taskId: string) =>
  [...scene.machine.containers.values()].some(
    ({ config, exit }) => config.environment.MESOS_EXECUTOR_ID === taskId && exit === undefined,
  );

test('nobody leads: the agent waits, for as long as it takes', async () => {
  const { agent, election } = await scene({ isRegistered: false });
  await agent.pass(600_000);
  expect([agent.master.subscriptions.length, agent.agent.value?.state]).toEqual([0, 'DISCONNECTED']);
  election.elect(undefined);
  await agent.pass(60_000);
  election.elect(A);
  await agent.until(() => agent.agent.value?.state === 'RUNNING', 2_000);
});

test('a new leader gets the agent with its id, its tasks and the updates that nobody has acknowledged', async () => {
  const { agent, election, other } = await scene();
  agent.master.run(FRAMEWORK, task('t1'));
  agent.master.run(FORGETFUL, task('t2'));
  await agent.untilState('t1', 'TASK_RUNNING');
  await agent.untilState('t2', 'TASK_RUNNING');
  agent.master.acknowledges = false;
  agent.machine.end('t2', { kind: 'exited', code: 0 });
  await agent.untilState('t2', 'TASK_FINISHED');
  election.elect(B);
  await agent.until(() => other.subscriptions.length === 1, 2_000);
  expect(other.subscriptions[0]?.agent_info.id).toEqual({ value: 'M-S0' });
  expect(other.subscriptions[0]?.tasks?.map(({ task_id }) => task_id.value)).toContain('t1');
  await agent.until(() => other.states('t2').includes('TASK_FINISHED'));
  expect(isRunning(agent, 't1')).toBe(true);
});

test('agents do not come to a new leader all at once', async () => {
  const waits: number[] = [];
  for (let seed = 1; seed <= 5; seed++) {
    const election = new Election();
    const agent = await Scene.set({ detector: election, isRegistered: false, seed });
    await agent.until(() => agent.agent.value !== undefined);
    const fromMs = agent.simulation.nowMs;
    election.elect(A);
    await agent.until(() => agent.master.subscriptions.length === 1, 2_000);
    waits.push(agent.simulation.nowMs - fromMs);
  }
  expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(200);
});

test('what the old leader still says is not heard', async () => {
  const { agent, election, other } = await scene();
  election.elect(B);
  await agent.until(() => other.subscriptions.length === 1, 2_000);
  agent.master.run(FRAMEWORK, task('late'));
  agent.master.send({ type: 'SHUTDOWN', shutdown: { message: 'go' } });
  await agent.pass(5_000);
  expect([agent.agent.value?.state, isRunning(agent, 'late')]).toEqual(['RUNNING', false]);
  expect(other.isConnected).toBe(true);
});

test('that nobody leads ends no registration: the master that leads no more does', async () => {
  const { agent, election } = await scene();
  election.elect(undefined);
  await agent.pass(30_000);
  expect([agent.agent.value?.state, agent.master.isConnected]).toEqual(['RUNNING', true]);
  election.elect(A);
  await agent.pass(5_000);
  expect(agent.master.subscriptions).toHaveLength(1);
  election.elect(undefined);
  agent.master.hangUp();
  await agent.pass(30_000);
  expect([agent.agent.value?.state, agent.master.subscriptions.length]).toEqual(['DISCONNECTED', 1]);
});

test('a leader that hangs is not waited for when there is another', async () => {
  const { agent, election, other } = await scene();
  agent.masterHandle.stopFor(600_000);
  election.elect(B);
  await agent.until(() => other.isConnected && agent.agent.value?.state === 'RUNNING', 2_000);
});

test('a leader that is not certain to lead keeps the registration, and gets the calls when it is', async () => {
  const { agent } = await scene();
  agent.master.run(FRAMEWORK, task('t1'));
  await agent.untilState('t1', 'TASK_RUNNING');
  agent.master.refusal = { status: 503 };
  agent.machine.end('t1', { kind: 'exited', code: 0 });
  await agent.pass(8_000);
  expect(agent.agent.value?.state).toBe('RUNNING');
  agent.master.refusal = undefined;
  await agent.untilState('t1', 'TASK_FINISHED');
  expect(agent.master.subscriptions).toHaveLength(1);
});
