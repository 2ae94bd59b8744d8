// Steps in words, for progress and for a rehearsal.
import type { Step } from './step.ts';

type Deed = Extract<Step, { kind: 'kill' | 'scale' | 'remove' }>;

/** As something that was just done: `Killed 1 instance of /cart-blue …`. */
export function didText(step: Deed): string {
  const forced = 'isForced' in step && step.isForced ? ', whose connections were waited for long enough' : '';
  switch (step.kind) {
    case 'scale':
      return `Scaled ${step.appId} from ${step.from} to ${step.to}`;
    case 'kill': {
      const growth = step.growth === undefined ? '' : `, scaled ${step.growth.appId} to ${step.growth.to}`;
      return `Killed ${instances(step.taskIds.length)} of ${step.victims.id} that had drained${forced}${growth}`;
    }
    case 'remove':
      return `Removed ${step.victims.id}${forced}`;
  }
}

/** As something that is to be done: `Kill 1 instance of /cart-blue …`. */
export function plannedText(step: Step): string {
  switch (step.kind) {
    case 'scale':
      return `Scale ${step.appId} from ${step.from} to ${step.to}`;
    case 'kill': {
      const growth = step.growth === undefined ? '' : `, and scale ${step.growth.appId} to ${step.growth.to}`;
      return `Kill ${instances(step.taskIds.length)} of ${step.victims.id} once drained${growth}`;
    }
    case 'remove':
      return `Remove ${step.victims.id}${step.taskIds.length === 0 ? '' : ' once drained'}`;
    case 'wait':
    case 'stuck':
      return step.why;
    case 'done':
      return 'Done';
  }
}

function instances(count: number): string {
  return count === 1 ? '1 instance' : `${count} instances`;
}
