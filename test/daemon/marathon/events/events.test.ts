import { describe, expect, it } from 'vitest';
import type { MarathonEvent } from '../../../../src/daemon/marathon/events/event.ts';
import { type EventListener, Events } from '../../../../src/daemon/marathon/events/events.ts';
import { Unsent } from '../../../../src/daemon/marathon/events/unsent.ts';
import type { App } from '../../../../src/daemon/marathon/model/app.ts';
import type { DeploymentPlan } from '../../../../src/daemon/marathon/model/deployment.ts';
import type { PathId } from '../../../../src/daemon/marathon/model/path-id.ts';
import { quietWorld } from '../../serving/requests.ts';
import { AGENT_ADDRESS, appOf, httpCheck, instanceOf, statusOf, TASK_PORT, V1, V2 } from '../health/support.ts';

const world = quietWorld();
const app = appOf();
const instance = instanceOf(app);
const taskId = instance.task?.id ?? '';
const plan: DeploymentPlan = {
  id: 'p',
  version: V2,
  changes: { apps: [], groups: [] },
  steps: [{ actions: [{ kind: 'ScaleApplication', app, instancesToKill: [instance.id] }] }],
};
const light = { id: 'p', version: V2, steps: [{ actions: [{ action: 'ScaleApplication', app: '/web' }] }] };
const currentStep = plan.steps[0] ?? { actions: [] };

const hears = (...types: string[]): EventListener & { frames: Uint8Array[] } => {
  const frames: Uint8Array[] = [];
  return {
    frames,
    wants: (type) => types.length === 0 || types.includes(type),
    deliver: (frame) => frames.push(frame),
  };
};

const bus = (renderApp: (app: App) => string = () => 'the app') => new Events({ world, renderApp });

/** The event as it is told: its type and its JSON. */
function told(event: MarathonEvent): { type: string; json: Record<string, unknown> } {
  const events = bus();
  const listener = hears();
  events.listen(listener);
  events.publish(event);
  const text = new TextDecoder().decode(listener.frames[0]);
  const [, type = '', data = ''] = /^event: (\w+)\r\ndata: (.*)\r\n\r\n$/.exec(text) ?? [];
  return { type, json: JSON.parse(data) };
}

const common = {
  eventType: expect.any(String),
  timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/),
};

describe('an event has exactly the members of the original', () => {
  const status = statusOf(taskId, {
    message: 'up',
    agent_id: { value: 'agent-1' },
    container_status: { network_infos: [{ ip_addresses: [{ ip_address: '9.0.0.1', protocol: 'IPv4' }] }] },
  });
  const healthCheck = httpCheck();
  const cases: readonly (readonly [MarathonEvent, object])[] = [
    [
      { type: 'api_post_event', clientIp: '10.0.0.7', uri: '/v2/apps', app },
      { clientIp: '10.0.0.7', uri: '/v2/apps', appDefinition: 'the app' },
    ],
    [
      { type: 'status_update_event', instance, status },
      {
        slaveId: 'agent-1',
        taskId,
        taskStatus: 'TASK_RUNNING',
        message: 'up',
        appId: '/web',
        host: AGENT_ADDRESS,
        ipAddresses: [{ ipAddress: '9.0.0.1', protocol: 'IPv4' }],
        ports: [TASK_PORT],
        version: V1,
      },
    ],
    [
      { type: 'instance_changed_event', instance },
      {
        instanceId: instance.id,
        condition: 'Running',
        runSpecId: '/web',
        agentId: 'agent-1',
        host: AGENT_ADDRESS,
        runSpecVersion: V1,
      },
    ],
    [
      { type: 'instance_health_changed_event', instance, healthy: true },
      { instanceId: instance.id, runSpecId: '/web', healthy: true, runSpecVersion: V1 },
    ],
    [
      { type: 'instance_health_changed_event', instance, healthy: undefined },
      { instanceId: instance.id, runSpecId: '/web', healthy: null, runSpecVersion: V1 },
    ],
    [
      {
        type: 'unknown_instance_terminated_event',
        instanceId: instance.id,
        appId: app.id,
        condition: 'Failed',
      },
      { instanceId: instance.id, runSpecId: '/web', condition: 'Failed' },
    ],
    [
      { type: 'failed_health_check_event', instance, healthCheck },
      { appId: '/web', taskId: instance.id, healthCheck },
    ],
    [
      { type: 'health_status_changed_event', instance, alive: false },
      { appId: '/web', instanceId: instance.id, version: V1, alive: false },
    ],
    [
      { type: 'unhealthy_instance_kill_event', instance, reason: '500 Internal Server Error' },
      {
        appId: '/web',
        taskId,
        instanceId: instance.id,
        version: V1,
        reason: '500 Internal Server Error',
        host: AGENT_ADDRESS,
        slaveId: 'agent-1',
      },
    ],
    [
      { type: 'add_health_check_event', appId: app.id, version: V1, healthCheck },
      { appId: '/web', version: V1, healthCheck },
    ],
    [{ type: 'remove_health_check_event', appId: app.id }, { appId: '/web' }],
    [{ type: 'app_terminated_event', appId: app.id }, { appId: '/web' }],
    [
      { type: 'deployment_info', plan, currentStep },
      { plan: light, currentStep: light.steps[0] },
    ],
    [
      { type: 'deployment_step_success', plan, currentStep },
      { plan: light, currentStep: light.steps[0] },
    ],
    [
      { type: 'deployment_step_failure', plan, currentStep },
      { plan: light, currentStep: light.steps[0] },
    ],
    [
      { type: 'deployment_success', plan },
      { id: 'p', plan: light },
    ],
    [
      { type: 'deployment_failed', plan },
      { id: 'p', plan: light },
    ],
    [
      { type: 'deployment_failed', plan, reason: 'cancelled' },
      { id: 'p', plan: light, reason: 'cancelled' },
    ],
    [
      { type: 'group_change_success', groupId: '/g' as PathId, version: V1 },
      { groupId: '/g', version: V1 },
    ],
    [
      { type: 'group_change_failed', groupId: '/g' as PathId, version: V1, reason: 'no' },
      { groupId: '/g', version: V1, reason: 'no' },
    ],
    [
      { type: 'scheduler_registered_event', frameworkId: 'f', master: '10.0.0.1:5050' },
      { frameworkId: 'f', master: '10.0.0.1:5050' },
    ],
    [{ type: 'scheduler_reregistered_event', frameworkId: 'f', master: '10.0.0.1:5050' }, { master: '10.0.0.1:5050' }],
    [{ type: 'scheduler_disconnected_event' }, {}],
    [{ type: 'event_stream_attached', remoteAddress: '10.0.0.7' }, { remoteAddress: '10.0.0.7' }],
    [{ type: 'event_stream_detached', remoteAddress: '10.0.0.7' }, { remoteAddress: '10.0.0.7' }],
  ];

  it.each(cases)('%j', (event, members) => {
    expect(told(event)).toEqual({ type: event.type, json: { ...members, ...common, eventType: event.type } });
  });

  it('also when the instance was never placed', () => {
    const { agent: _, task: __, ...scheduled } = instanceOf(app, { condition: 'Scheduled' });
    expect(told({ type: 'instance_changed_event', instance: scheduled }).json).toEqual({
      ...common,
      instanceId: instance.id,
      condition: 'Scheduled',
      runSpecId: '/web',
      runSpecVersion: V1,
    });
  });
});

describe('events', () => {
  it('become text once for all who listen, and not at all when nobody wants them', () => {
    let rendered = 0;
    const events = bus(() => {
      rendered += 1;
      return '';
    });
    const post: MarathonEvent = { type: 'api_post_event', clientIp: '', uri: '', app };
    events.publish(post);
    events.listen(hears('status_update_event'));
    events.publish(post);
    expect(rendered).toBe(0);
    const [a, b] = [hears(), hears('api_post_event')];
    events.listen(a);
    events.listen(b);
    events.publish(post);
    expect(rendered).toBe(1);
    expect(a.frames[0]).toBe(b.frames[0]);
  });

  it('come in order, to those who listen, as long as they do', () => {
    const events = bus();
    const listener = hears();
    const silence = events.listen(listener);
    events.publish({ type: 'app_terminated_event', appId: '/a' as PathId });
    events.publish({ type: 'app_terminated_event', appId: '/b' as PathId });
    silence();
    events.publish({ type: 'app_terminated_event', appId: '/c' as PathId });
    expect(listener.frames.map((frame) => /\/\w/.exec(new TextDecoder().decode(frame))?.[0])).toEqual(['/a', '/b']);
  });

  it('that cannot be told do not stop what they are about', () => {
    const events = bus(() => {
      throw new Error('no');
    });
    const listener = hears();
    events.listen(listener);
    events.publish({ type: 'api_post_event', clientIp: '', uri: '', app });
    events.publish({ type: 'scheduler_disconnected_event' });
    expect(listener.frames.length).toBe(1);
  });
});

describe('messages that a peer has not taken', () => {
  it('are counted by what is left of the stream', () => {
    const unsent = new Unsent();
    for (const size of [10, 20, 30]) unsent.add(size);
    expect(unsent.count(60)).toBe(3);
    expect(unsent.count(59)).toBe(3);
    expect(unsent.count(50)).toBe(2);
    expect(unsent.count(1)).toBe(1);
    expect(unsent.count(0)).toBe(0);
  });

  it('are counted rightly over many', () => {
    const unsent = new Unsent();
    for (let i = 0; i < 10_000; i++) {
      unsent.add(7);
      expect(unsent.count(Math.min(i + 1, 100) * 7)).toBe(Math.min(i + 1, 100));
    }
  });
});
