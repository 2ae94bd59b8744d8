// What it would take to put a config into force, as a line for people.
import type { Plan } from '../../../haproxy/plan/plan-change.ts';
import { counted } from './turn-text.ts';

/** `hasNewFiles`: there is something to write as well. */
export function planText(plan: Plan, hasNewFiles: boolean): string {
  switch (plan.kind) {
    case 'nothing':
      return hasNewFiles ? 'It would be written; HAProxy has it in force already.' : 'Nothing would change.';
    case 'runtime':
      return `HAProxy would be changed without a reload, by ${counted(plan.commands.length, 'command')}.`;
    case 'reload':
      return `HAProxy would be reloaded: ${plan.why}.`;
  }
}
