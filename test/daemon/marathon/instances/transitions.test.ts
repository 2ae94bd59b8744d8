// What becomes of an instance when a status comes, by example and as properties (marathon.md 16.1, 16.3, 16.4).
import { describe, expect, it } from 'vitest';
import { conditionOf } from '../../../../src/daemon/marathon/instances/conditions.ts';
import { keptStatus, nextUnreachableMs, withStatus } from '../../../../src/daemon/marathon/instances/transitions.ts';
import {
  type Instance,
  type InstanceId,
  isTerminal,
  taskIdOf,
} from '../../../../src/daemon/marathon/model/instance.ts';
import { TaskState, type TaskStatus } from '../../../../src/mesos/generated/v1.ts';
import fc from '../../../fast-check.ts';
import { makeApp } from './support/app.ts';

const ID = 'a.instance-00000000-0000-11eb-8000-000000000000' as InstanceId;
const NOW = 1_000_000;
const WAITS = { inactiveAfterSeconds: 60, expungeAfterSeconds: 120 };

function instanceIn(condition: Instance['condition'], more: Partial<Instance> = {}): Instance {
  return {
    id: ID,
    app: makeApp('/a', { unreachableStrategy: WAITS }),
    goal: 'Running',
    condition,
    sinceMs: 1,
    agent: { id: 'a1', host: 'agent1', attributes: [] },
    task: { id: taskIdOf(ID, 2), incarnation: 2, stagedAtMs: 1, hostPorts: [] },
    ...more,
  };
}

function status(state: TaskState, more: Partial<TaskStatus> = {}, incarnation = 2): TaskStatus {
  return { task_id: { value: taskIdOf(ID, incarnation) }, state, ...more };
}

function updated(instance: Instance, told: TaskStatus, nowMs = NOW): Instance {
  const transition = withStatus(instance, told, nowMs);
  if (transition.kind !== 'update') throw new Error(`expected an update, got ${transition.kind}`);
  return transition.instance;
}

describe('conditions', () => {
  it.each([
    ['TASK_STAGING', 'Staging'],
    ['TASK_STARTING', 'Starting'],
    ['TASK_RUNNING', 'Running'],
    ['TASK_KILLING', 'Killing'],
    ['TASK_UNREACHABLE', 'Unreachable'],
    ['TASK_ERROR', 'Error'],
    ['TASK_FAILED', 'Failed'],
    ['TASK_FINISHED', 'Finished'],
    ['TASK_KILLED', 'Killed'],
    ['TASK_DROPPED', 'Dropped'],
    ['TASK_GONE', 'Gone'],
    ['TASK_GONE_BY_OPERATOR', 'Gone'],
    ['TASK_UNKNOWN', 'Unknown'],
  ] as const)('%s means %s', (state, condition) => {
    expect(conditionOf({ state })).toBe(condition);
  });

  it('TASK_LOST means what its reason hints at', () => {
    const state = 'TASK_LOST';
    expect(conditionOf({ state, reason: 'REASON_TASK_UNKNOWN' })).toBe('Unknown');
    const message = 'Reconciliation: Task is unknown to the agent';
    expect(conditionOf({ state, reason: 'REASON_RECONCILIATION', message })).toBe('Unknown');
    expect(conditionOf({ state, reason: 'REASON_RECONCILIATION' })).toBe('Unreachable');
    expect(conditionOf({ state, reason: 'REASON_AGENT_DISCONNECTED' })).toBe('Unreachable');
    expect(conditionOf({ state, reason: 'REASON_AGENT_REMOVED' })).toBe('Unreachable');
    expect(conditionOf({ state, reason: 'REASON_INVALID_OFFERS' })).toBe('Gone');
    expect(conditionOf({ state })).toBe('Gone');
  });
});

describe('a status', () => {
  it('moves the instance on, and its time with it', () => {
    const staged = updated(instanceIn('Provisioned'), status('TASK_STAGING'));
    expect(staged).toMatchObject({ condition: 'Staging', sinceMs: NOW });
    expect(staged.activeSinceMs).toBeUndefined();
    const running = updated(staged, status('TASK_RUNNING'), NOW + 5);
    expect(running).toMatchObject({ condition: 'Running', sinceMs: NOW + 5, activeSinceMs: NOW + 5 });
    expect(running.task?.startedAtMs).toBe(NOW + 5);
  });

  it('that says nothing new is ignored', () => {
    const running = updated(instanceIn('Staging'), status('TASK_RUNNING'));
    const again = status('TASK_RUNNING', { reason: 'REASON_RECONCILIATION', source: 'SOURCE_MASTER', timestamp: 9 });
    expect(withStatus(running, again, NOW + 5)).toEqual({ kind: 'ignore' });
  });

  it.each(['TASK_STAGING', 'TASK_STARTING'] as const)(
    '%s of a task that runs is old news, whoever sends it again',
    (state) => {
      const running = updated(instanceIn('Staging'), status('TASK_RUNNING', { reason: 'REASON_AGENT_REREGISTERED' }));
      expect(withStatus(running, status(state), NOW + 5)).toEqual({ kind: 'ignore' });
      const ending = updated(running, status('TASK_KILLING'), NOW + 6);
      expect(withStatus(ending, status(state), NOW + 7)).toEqual({ kind: 'ignore' });
      const reachable = updated(instanceIn('Unreachable', { unreachableSinceMs: NOW }), status(state), NOW + 5);
      expect(reachable.condition).toBe(conditionOf({ state }));
    },
  );

  it('with another healthy flag is a change, and renews the time', () => {
    const running = updated(instanceIn('Staging'), status('TASK_RUNNING'));
    const well = updated(running, status('TASK_RUNNING', { healthy: true }), NOW + 5);
    expect(well).toMatchObject({ healthy: true, sinceMs: NOW + 5, activeSinceMs: NOW });
    const ill = updated(well, status('TASK_RUNNING', { healthy: false }), NOW + 9);
    expect(ill).toMatchObject({ healthy: false, sinceMs: NOW + 9 });
    expect(updated(ill, status('TASK_KILLING', { healthy: false })).healthy).toBeUndefined();
  });

  it('of each failed probe is passed on though the flag is the same, but not when it is sent again', () => {
    const reason = 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED';
    const running = updated(instanceIn('Staging'), status('TASK_RUNNING'));
    const ill = updated(running, status('TASK_RUNNING', { healthy: false, reason, timestamp: 1 }), NOW + 5);
    const again = updated(ill, status('TASK_RUNNING', { healthy: false, reason, timestamp: 2 }), NOW + 9);
    expect(again.sinceMs).toBe(NOW + 5);
    const repeated = status('TASK_RUNNING', { healthy: false, reason, timestamp: 2 });
    expect(withStatus(again, repeated, NOW + 10)).toEqual({ kind: 'ignore' });
  });

  it('made up by the master takes away nothing that the agent told', () => {
    const container_status = { network_infos: [{ ip_addresses: [{ ip_address: '10.0.0.1' }] }] };
    const running = updated(instanceIn('Staging'), status('TASK_RUNNING', { healthy: true, container_status }));
    const lost = updated(running, status('TASK_UNREACHABLE', { source: 'SOURCE_MASTER' }), NOW + 5);
    expect(lost.healthy).toBeUndefined();
    const back = updated(lost, status('TASK_RUNNING', { source: 'SOURCE_MASTER' }), NOW + 9);
    expect(back).toMatchObject({ condition: 'Running', healthy: true, activeSinceMs: NOW });
    expect(back.task?.status?.container_status).toEqual(container_status);
  });

  it('of an earlier incarnation is a reason to kill while that task may run, and nothing else', () => {
    const running = instanceIn('Running');
    expect(withStatus(running, status('TASK_RUNNING', {}, 1), NOW)).toEqual({ kind: 'kill' });
    expect(withStatus(running, status('TASK_STAGING', {}, 1), NOW)).toEqual({ kind: 'kill' });
    expect(withStatus(running, status('TASK_FAILED', {}, 1), NOW)).toEqual({ kind: 'ignore' });
    expect(withStatus(running, status('TASK_UNREACHABLE', {}, 1), NOW)).toEqual({ kind: 'ignore' });
  });

  it('of a launch that was withdrawn is a reason to kill', () => {
    expect(withStatus(instanceIn('Scheduled'), status('TASK_RUNNING'), NOW)).toEqual({ kind: 'kill' });
    expect(withStatus(instanceIn('Scheduled'), status('TASK_DROPPED'), NOW)).toEqual({ kind: 'ignore' });
  });

  it('of a task that has ended is stale', () => {
    expect(withStatus(instanceIn('Failed'), status('TASK_RUNNING'), NOW)).toEqual({ kind: 'ignore' });
    expect(withStatus(instanceIn('Killed'), status('TASK_FAILED'), NOW)).toEqual({ kind: 'ignore' });
  });

  it('of a task that was only thought to have ended is a reason to kill', () => {
    expect(withStatus(instanceIn('Unknown'), status('TASK_RUNNING'), NOW)).toEqual({ kind: 'kill' });
    expect(withStatus(instanceIn('Gone'), status('TASK_RUNNING'), NOW)).toEqual({ kind: 'kill' });
    expect(withStatus(instanceIn('Gone'), status('TASK_KILLED'), NOW)).toEqual({ kind: 'ignore' });
  });

  it('that ends a decommissioned instance takes its record along', () => {
    const transition = withStatus(instanceIn('Killing', { goal: 'Decommissioned' }), status('TASK_KILLED'), NOW);
    expect(transition).toMatchObject({ kind: 'update', isOver: true, instance: { condition: 'Killed' } });
    const stopped = withStatus(instanceIn('Killing', { goal: 'Stopped' }), status('TASK_KILLED'), NOW);
    expect(stopped).toMatchObject({ kind: 'update', isOver: false });
  });
});

describe('an unreachable task', () => {
  const lost = (agoMs: number) =>
    status('TASK_UNREACHABLE', { unreachable_time: { nanoseconds: (NOW - agoMs) * 1e6 } });

  it('is unreachable since its agent was lost', () => {
    expect(updated(instanceIn('Running'), lost(10_000))).toMatchObject({
      condition: 'Unreachable',
      sinceMs: NOW,
      unreachableSinceMs: NOW - 10_000,
    });
    expect(updated(instanceIn('Running'), lost(-10_000)).unreachableSinceMs).toBe(NOW);
  });

  it('that was lost long ago is inactive, or given up, at once', () => {
    expect(updated(instanceIn('Running'), lost(60_000)).condition).toBe('UnreachableInactive');
    expect(withStatus(instanceIn('Running'), lost(120_000), NOW)).toMatchObject({ isOver: true });
  });

  it('told of again stays unreachable since the first time', () => {
    const first = updated(instanceIn('Running'), lost(0));
    expect(withStatus(first, lost(-5_000), NOW + 5_000)).toEqual({ kind: 'ignore' });
    expect(updated(first, lost(-60_000), NOW + 60_000)).toMatchObject({
      condition: 'UnreachableInactive',
      unreachableSinceMs: NOW,
    });
  });

  it('with {0, 0} is given up at once, with `disabled` never', () => {
    const at = (unreachableStrategy: Instance['app']['unreachableStrategy']) =>
      withStatus(instanceIn('Running', { app: makeApp('/a', { unreachableStrategy }) }), lost(1e9), NOW);
    expect(at({ inactiveAfterSeconds: 0, expungeAfterSeconds: 0 })).toMatchObject({ isOver: true });
    expect(at('disabled')).toMatchObject({ isOver: false, instance: { condition: 'Unreachable' } });
    expect(nextUnreachableMs('Unreachable', 'disabled')).toBeUndefined();
  });

  it('of a decommissioned instance is given up at once', () => {
    const app = makeApp('/a', { unreachableStrategy: 'disabled' });
    const transition = withStatus(instanceIn('Running', { goal: 'Decommissioned', app }), lost(0), NOW);
    expect(transition).toMatchObject({ kind: 'update', isOver: true });
  });

  it('that comes back runs as if nothing had been', () => {
    const running = updated(instanceIn('Staging'), status('TASK_RUNNING'), NOW - 50);
    const gone = updated(running, lost(0));
    const back = updated({ ...gone, condition: 'UnreachableInactive' }, status('TASK_RUNNING'), NOW + 5);
    expect(back).toMatchObject({ condition: 'Running', activeSinceMs: NOW - 50, task: { id: taskIdOf(ID, 2) } });
    expect(back.unreachableSinceMs).toBeUndefined();
  });
});

describe('what is kept of a status', () => {
  it('is small, however much the task said', () => {
    const labels = { labels: [{ key: 'k', value: 'v'.repeat(1e6) }] };
    const container_status = { network_infos: [{ labels }] };
    const kept = keptStatus(
      status('TASK_RUNNING', { message: 'm'.repeat(1e6), data: 'AAAA', uuid: 'u', labels, container_status }),
    );
    expect(kept.message).toHaveLength(10_000);
    expect(JSON.stringify(kept).length).toBeLessThan(11_000);
    expect(kept).not.toHaveProperty('data');
    expect(kept).not.toHaveProperty('uuid');
  });
});

describe('over any sequence of statuses', () => {
  const states = fc.constantFrom(...TaskState.names);
  const statuses = fc.array(
    fc.record({ state: states, incarnation: fc.integer({ min: 1, max: 3 }), healthy: fc.option(fc.boolean()) }),
  );

  it('terminal stays terminal, times never go back, and only a running task has health', () => {
    fc.assert(
      fc.property(statuses, (told) => {
        let instance = instanceIn('Provisioned');
        let nowMs = NOW;
        for (const { state, incarnation, healthy } of told) {
          nowMs += 1_000;
          const before = instance;
          const next = withStatus(before, status(state, healthy === null ? {} : { healthy }, incarnation), nowMs);
          if (next.kind !== 'update') continue;
          instance = next.instance;
          expect(incarnation).toBe(2);
          expect(isTerminal(before)).toBe(false);
          expect(instance.sinceMs).toBeGreaterThanOrEqual(before.sinceMs);
          expect(instance.healthy === undefined || instance.condition === 'Running').toBe(true);
          expect(instance.unreachableSinceMs !== undefined).toBe(instance.condition.startsWith('Unreachable'));
          expect(instance.activeSinceMs === undefined).toBe(instance.task?.startedAtMs === undefined);
          const isSame = before.condition === instance.condition && before.healthy === instance.healthy;
          expect(instance.sinceMs === before.sinceMs).toBe(isSame);
        }
      }),
    );
  });

  it('a status that was taken in says nothing the second time', () => {
    fc.assert(
      fc.property(states, fc.option(fc.boolean()), (state, healthy) => {
        const told = status(state, healthy === null ? {} : { healthy });
        const first = withStatus(instanceIn('Staging'), told, NOW);
        if (first.kind !== 'update') return;
        expect(withStatus(first.instance, told, NOW + 1)).toEqual({ kind: 'ignore' });
      }),
    );
  });
});
