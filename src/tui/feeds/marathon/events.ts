// What Marathon's events mean here: a line for the events screen, and what has to be asked for anew.
import type { MarathonEvent } from '../../../client/marathon.ts';
import type { EventRow } from '../../view/model.ts';

/** What an event makes old. */
export interface EventEffect {
  readonly line: { readonly text: string; readonly tone: EventRow['tone'] } | undefined;
  /** Apps whose counts may have changed. */
  readonly apps: readonly string[];
  readonly isAboutDeployments: boolean;
  /** Apps may have come or gone. */
  readonly isAboutAllApps: boolean;
}

const NOTHING: EventEffect = { line: undefined, apps: [], isAboutDeployments: false, isAboutAllApps: false };

/** Those without a meaning here change nothing. */
export function effectOf({ type, data }: MarathonEvent): EventEffect {
  const text = (name: string): string => (typeof data[name] === 'string' ? data[name] : '');
  switch (type) {
    case 'status_update_event': {
      const state = text('taskStatus');
      const isBad = /FAILED|LOST|ERROR|GONE|DROPPED|UNREACHABLE/.test(state);
      const message = text('message') === '' ? '' : `: ${text('message')}`;
      const line = { text: `${text('appId')} ${text('taskId')} ${state}${message}`, tone: tone(isBad) };
      return { ...NOTHING, line, apps: [text('appId')] };
    }
    case 'instance_changed_event':
    case 'unknown_instance_terminated_event':
    case 'instance_health_changed_event':
      return { ...NOTHING, apps: [text('runSpecId')] };
    case 'health_status_changed_event': {
      const isAlive = data.alive === true;
      const line = { text: `${text('instanceId')} is ${isAlive ? 'healthy' : 'unhealthy'}`, tone: tone(!isAlive) };
      return { ...NOTHING, line, apps: [text('appId')] };
    }
    case 'failed_health_check_event':
      return { ...NOTHING, apps: [text('appId')] };
    case 'unhealthy_instance_kill_event':
    case 'unhealthy_task_kill_event': {
      const line = { text: `${text('instanceId')} is killed, unhealthy: ${text('reason')}`, tone: 'bad' as const };
      return { ...NOTHING, line, apps: [text('appId')] };
    }
    case 'app_terminated_event':
      return { ...NOTHING, line: { text: `${text('appId')} is gone`, tone: 'plain' }, isAboutAllApps: true };
    case 'api_post_event':
    case 'group_change_success':
      return { ...NOTHING, isAboutAllApps: true };
    case 'deployment_info':
    case 'deployment_step_success':
    case 'deployment_step_failure':
      return { ...NOTHING, isAboutDeployments: true };
    case 'deployment_success':
    case 'deployment_failed': {
      const isGood = type === 'deployment_success';
      const line = {
        text: `deployment ${text('id')} has ${isGood ? 'succeeded' : 'failed'}`,
        tone: isGood ? ('good' as const) : ('bad' as const),
      };
      return { line, apps: [], isAboutDeployments: true, isAboutAllApps: true };
    }
    case 'scheduler_registered_event':
    case 'scheduler_reregistered_event':
      return { ...NOTHING, line: { text: `subscribed with the master ${text('master')}`, tone: 'good' } };
    case 'scheduler_disconnected_event':
      return { ...NOTHING, line: { text: 'lost the master', tone: 'bad' } };
    default:
      return NOTHING;
  }
}

const tone = (isBad: boolean): EventRow['tone'] => (isBad ? 'bad' : 'plain');
