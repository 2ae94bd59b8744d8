// One line for each event of the operator stream (`mctl events`).
import type { Event } from '../../mesos/generated/master.ts';
import { printableLine } from '../output/printable.ts';
import { paintState, type Style } from '../output/style.ts';
import { formatTime } from '../output/units.ts';

/** Undefined for heartbeats. */
export function eventLine(event: Event, nowMs: number, style: Style): string | undefined {
  const text = eventText(event, style);
  return text === undefined
    ? undefined
    : `${style.dim(formatTime(nowMs))} ${(event.type ?? 'UNKNOWN').padEnd(17)} ${text}`;
}

function eventText(event: Event, style: Style): string | undefined {
  switch (event.type) {
    case 'HEARTBEAT':
      return undefined;
    case 'SUBSCRIBED': {
      const state = event.subscribed?.get_state;
      const count = (list: readonly unknown[] | undefined): number => list?.length ?? 0;
      return `${count(state?.get_agents?.agents)} agents, ${count(state?.get_frameworks?.frameworks)} frameworks, ${count(state?.get_tasks?.tasks)} tasks`;
    }
    case 'TASK_ADDED': {
      const task = event.task_added?.task;
      return `${printableLine(task?.task_id.value ?? '')} ${paintState(style, task?.state ?? '')} on ${task?.agent_id.value} of ${task?.framework_id.value}`;
    }
    case 'TASK_UPDATED': {
      const update = event.task_updated;
      const message = update?.status.message;
      return `${printableLine(update?.status.task_id.value ?? '')} ${paintState(style, update?.status.state ?? '')}${message ? ` (${printableLine(message)})` : ''}`;
    }
    case 'AGENT_ADDED': {
      const info = event.agent_added?.agent.agent_info;
      return `${info?.id?.value} ${info?.hostname}`;
    }
    case 'AGENT_REMOVED':
      return event.agent_removed?.agent_id.value ?? '';
    case 'FRAMEWORK_ADDED':
      return frameworkText(event.framework_added?.framework.framework_info);
    case 'FRAMEWORK_UPDATED':
      return frameworkText(event.framework_updated?.framework.framework_info);
    case 'FRAMEWORK_REMOVED':
      return frameworkText(event.framework_removed?.framework_info);
    default:
      return '';
  }
}

function frameworkText(info: { readonly id?: { readonly value: string }; readonly name: string } | undefined): string {
  return printableLine(`${info?.id?.value ?? ''} ${info?.name ?? ''}`);
}
