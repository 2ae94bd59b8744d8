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

function instances(count: number): string {
  return count === 1 ? '1 instance' : `${count} instances`;
}
