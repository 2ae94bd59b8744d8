// What an update says of a task's health and check beside its state (mesos-semantics.md 9.3). Only what the executor of the
// original would report has it, not what the agent says of itself.
import { isTerminalState } from '../../../../mesos/task-state.ts';
import { emptyStatus } from '../checks/outcome.ts';
import { checkRules } from '../checks/rules.ts';
import type { TaskRun } from '../task-run.ts';
import type { StatusFacts } from './status.ts';

/**
 * While it runs, what was found last. An end says nothing of health, unless that was its cause, and its check has no
 * result any more: so the original's do.
 */
export function conditionOf(run: TaskRun, facts: StatusFacts): Pick<StatusFacts, 'healthy' | 'checkStatus'> {
  if (facts.source !== 'SOURCE_EXECUTOR') return {};
  const isEnd = isTerminalState(facts.state);
  const rules = run.info.check && checkRules(run.info.check);
  const found = isEnd ? undefined : run.checks;
  return {
    ...(found?.healthy !== undefined && { healthy: found.healthy }),
    ...(rules && { checkStatus: found?.checkStatus ?? emptyStatus(rules.target.type) }),
  };
}
