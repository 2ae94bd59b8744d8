// `mctl deployment list|show`.
import type { Deployment, DeploymentProgress } from '../../../client/marathon.ts';
import { PLAIN } from '../../output/style.ts';
import { formatTime } from '../../output/units.ts';
import type { View } from '../../output/view.ts';
import { marksText } from '../follow/marks.ts';
import { actionText } from '../follow/progress-text.ts';
import { ageText } from './apps.ts';

/** Those under way. */
export function deploymentListView(deployments: readonly Deployment[], nowMs: number): View {
  return {
    data: deployments,
    names: deployments.map(({ id }) => id),
    body: {
      kind: 'table',
      columns: [
        { title: 'ID' },
        { title: 'STEP', align: 'right' },
        { title: 'APPS' },
        { title: 'DOING' },
        { title: 'AGE', align: 'right' },
      ],
      rows: deployments.map(({ id, version, affectedApps, currentActions, currentStep, totalSteps }) => [
        id,
        `${currentStep}/${totalSteps}`,
        listed(affectedApps),
        listed(currentActions.map(({ action, app }) => actionText(action, app ?? 'a pod'))),
        ageText(version, nowMs),
      ]),
    },
    empty: 'No deployments.',
  };
}

function listed(items: readonly string[]): string {
  const shown = items.slice(0, 3).join(', ');
  return items.length > 3 ? `${shown} and ${items.length - 3} more` : shown;
}

/** One, under way or over. */
export function deploymentView(progress: DeploymentProgress, hasMarks: boolean): View {
  const { id, state, reason, currentStep, totalSteps, startedAt, endedAt, actions } = progress;
  return {
    data: progress,
    names: [id],
    body: {
      kind: 'details',
      items: [
        ['Deployment', id],
        ['State', state],
        ['Reason', reason],
        ['Step', `${currentStep} of ${totalSteps}`],
        ['Started', startedAt && formatTime(Date.parse(startedAt))],
        ['Ended', endedAt && formatTime(Date.parse(endedAt))],
      ],
      sections: [
        {
          title: state === 'running' ? 'Now' : 'Last step',
          table: {
            kind: 'table',
            columns: [{ title: 'ACTION' }, { title: 'INSTANCES' }, { title: 'WAITS FOR' }],
            rows: actions.map(({ action, appId, target, instances, done, waitsFor }) => [
              actionText(action, appId, target),
              marksText(
                instances.map(({ mark }) => mark),
                hasMarks,
                PLAIN,
              ),
              done ? 'done' : (waitsFor ?? ''),
            ]),
          },
        },
      ],
    },
  };
}
