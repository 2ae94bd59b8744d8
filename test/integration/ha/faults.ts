// What may go wrong: processes that die, sleep or are cut off.
import { setTimeout as sleep } from 'node:timers/promises';
import { getJson, until } from '../daemon-processes.ts';
import { PING_MS, PINGS } from './ha-cluster.ts';
import type { LeaderAnswer } from './lookout.ts';
import { termOf } from './master-lookout.ts';
import type { Fault, LeaderKind, Trial } from './trial.ts';

const NAMES: Readonly<Record<LeaderKind, string>> = { masters: 'master', marathons: 'Marathon' };

export const killLeader = (of: LeaderKind): Fault => ({
  name: `kill -9 of the leading ${NAMES[of]}`,
  of,
  async act(trial) {
    const leader = await trial.leader(of);
    const startMs = performance.now();
    await leader.member.kill();
    const figure = await trial.succession(of, startMs, leader);
    leader.member.restart();
    return figure;
  },
});

export const stopLeader = (of: LeaderKind): Fault => ({
  name: `the leading ${NAMES[of]} stopped politely`,
  of,
  async act(trial) {
    const leader = await trial.leader(of);
    const startMs = performance.now();
    const gone = leader.member.kill('SIGTERM');
    const figure = await trial.succession(of, startMs, leader);
    await gone;
    leader.member.restart();
    return figure;
  },
});

export const pauseLeader = (of: LeaderKind): Fault => ({
  name: `the leading ${NAMES[of]} paused past its session, then resumed`,
  of,
  async act(trial) {
    const leader = await trial.leader(of);
    const startMs = performance.now();
    leader.member.pause();
    try {
      const figure = await trial.succession(of, startMs, leader);
      // Others have written by now, and questions are waiting for the old leader.
      await sleep(500);
      return figure;
    } finally {
      leader.member.resume();
      await over(trial, of, leader);
    }
  },
});

export const pauseLeaderShortly = (of: LeaderKind): Fault => ({
  name: `the leading ${NAMES[of]} paused for less than its session`,
  of,
  async act(trial) {
    const { member } = await trial.leader(of);
    member.pause();
    await sleep(trial.cluster.options.sessionTimeoutMs / 3);
    member.resume();
    return {};
  },
});

/** Clients, agents and frameworks still reach it. */
export const isolateLeader = (of: LeaderKind): Fault => ({
  name: `the leading ${NAMES[of]} cut off from the ensemble only`,
  of,
  async act(trial) {
    const leader = await trial.leader(of);
    const startMs = performance.now();
    trial.cluster.cut(leader.member, 'ensemble');
    try {
      const figure = await trial.succession(of, startMs, leader);
      await over(trial, of, leader);
      return figure;
    } finally {
      trial.cluster.heal();
    }
  },
});

export const killEnsembleLeader: Fault = {
  name: 'kill -9 of the leading ZooKeeper',
  async act(trial) {
    const member = await trial.cluster.ensemble.leader();
    await member.kill();
    await sleep(trial.cluster.options.sessionTimeoutMs);
    await trial.leader();
    member.start();
    await trial.cluster.ensemble.serving();
    return {};
  },
};

export const pauseTwoServers: Fault = {
  name: 'two of three ZooKeepers paused and resumed',
  async act(trial) {
    const leader = await trial.cluster.ensemble.leader();
    const other = trial.cluster.ensemble.members.find((member) => member !== leader);
    leader.pause();
    other?.pause();
    await sleep(trial.cluster.options.sessionTimeoutMs * 1.2);
    // Nobody can be certain now.
    const nowMs = performance.now();
    await sleep(300);
    const sign = trial.masters.firstAfter(nowMs) ?? trial.marathons.firstAfter(nowMs);
    const healedMs = performance.now();
    leader.resume();
    other?.resume();
    if (sign !== undefined) throw new Error(`${sign.term} acts though no quorum answers`);
    const servesMs = trial.cluster.ensemble.leader().then(() => performance.now());
    let next: LeaderAnswer | undefined;
    await until('a leader acts again', 60_000, () => {
      next = trial.masters.firstAfter(healedMs);
      return next !== undefined;
    });
    const actsMs = next?.answeredMs ?? Number.NaN;
    // Either the ensemble still knows the leader, or the sessions of those who have given up have to end first.
    const settled = trial.masters.changes.findLast(({ atMs }) => atMs >= healedMs && atMs <= actsMs);
    const detectedMs = settled?.atMs ?? (await servesMs);
    return { detectionMs: detectedMs - healedMs, beyondMs: Math.max(0, actsMs - detectedMs) };
  },
};

export const cutAgentShortly: Fault = {
  name: 'an agent cut off for less than its ping time-out',
  async act(trial) {
    trial.cluster.cut(first(trial.cluster.agents));
    await sleep(PING_MS * (PINGS - 1));
    trial.cluster.heal();
    return {};
  },
};

export const cutAgent: Fault = {
  name: 'an agent cut off for more than its ping time-out',
  async act(trial) {
    trial.cluster.cut(first(trial.cluster.agents));
    try {
      const deadlineMs = performance.now() + PING_MS * (PINGS + 1) * 3;
      for (;;) {
        const { activated_slaves: agents } = await trial.cluster.masterState((await trial.leader()).member);
        if (agents < trial.cluster.agents.length) break;
        if (performance.now() > deadlineMs) throw new Error('no master notices that the agent is gone');
        await sleep(50);
      }
      // Its tasks go on without it.
      await sleep(PING_MS);
    } finally {
      trial.cluster.heal();
    }
    return {};
  },
};

/** What a deployment has done when its Marathon is killed. */
const ROLLING = '/rolling';
const ROLLING_INSTANCES = 4;

/** Each time that so many instances of the new version run. `act` must not be called while another of its kind goes on. */
export const killMarathonWithinDeployment = (stages: readonly number[]): Fault => ({
  name: `kill -9 of the leading Marathon within a rolling deployment, ×${stages.length}`,
  of: 'marathons',
  async act(trial) {
    const cmd = trial.tasks.command;
    const put = async (content: object): Promise<string> => {
      const app = { cpus: 0.1, mem: 16, instances: ROLLING_INSTANCES, upgradeStrategy: HALF, cmd, ...content };
      let version = '';
      await until('a deployment begins', 30_000, async () => {
        const { status, body } = await trial.marathon('PUT', `/v2/apps${ROLLING}?force=true`, app);
        version = String((body as { version?: string }).version);
        return status < 300;
      });
      return version;
    };
    await put({});
    await trial.converged();
    const version = await put({ env: { ROUND: String(performance.now()) } });
    const figures: { detectionMs: number; beyondMs: number; silenceMs: number }[] = [];
    for (const stage of stages) {
      await until(`${stage} new instances run`, 30_000, async () => {
        const { body } = await trial.marathon('GET', `/v2/apps${ROLLING}/tasks`);
        const { tasks } = body as { tasks: { version: string; state: string }[] };
        return tasks.filter((task) => task.version === version && task.state === 'TASK_RUNNING').length >= stage;
      });
      const leader = await trial.leader('marathons');
      const startMs = performance.now();
      await leader.member.kill();
      const { detectionMs = 0, beyondMs = 0, silenceMs = 0 } = await trial.succession('marathons', startMs, leader);
      figures.push({ detectionMs, beyondMs, silenceMs });
      leader.member.restart();
    }
    await trial.converged();
    const { body } = await trial.marathon('GET', `/v2/apps${ROLLING}/tasks`);
    const { tasks } = body as { tasks: { version: string }[] };
    const old = tasks.filter((task) => task.version !== version);
    if (old.length > 0 || tasks.length !== ROLLING_INSTANCES) {
      throw new Error(`${tasks.length} instances of ${ROLLING}, ${old.length} of them old`);
    }
    const mean = (of: (figure: (typeof figures)[number]) => number): number =>
      figures.reduce((sum, figure) => sum + of(figure), 0) / Math.max(1, figures.length);
    return {
      detectionMs: mean(({ detectionMs }) => detectionMs),
      beyondMs: mean(({ beyondMs }) => beyondMs),
      silenceMs: mean(({ silenceMs }) => silenceMs),
    };
  },
});

const HALF = { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 };

/** Until who led has seen that it is over: a master ends, a Marathon stands by. */
async function over(trial: Trial, of: LeaderKind, { member, term }: LeaderAnswer): Promise<void> {
  const patienceMs = trial.cluster.options.sessionTimeoutMs * 2 + 5_000;
  await until(`${term} sees that another leads`, patienceMs, async () => {
    if (of === 'masters') return !member.isRunning || termOf(member) !== term;
    return !(await getJson<{ leading: boolean }>(`${member.url}/mctl/v1/ready`)).leading;
  });
}

function first<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error('There is none');
  return item;
}
