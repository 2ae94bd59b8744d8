// `mctl deployment show|watch|cancel`.
import { type MarathonClient, MarathonError } from '../../client/marathon.ts';
import { EXIT } from '../exit-codes.ts';
import type { View } from '../output/view.ts';
import { Problem } from '../problem.ts';
import { type Change, type ChangeContext, follow, troubleOf } from './changes/carry-out.ts';
import { ProgressReader } from './follow/read-progress.ts';
import { findDeployment, findDeploymentId } from './ids.ts';
import { deploymentView } from './views/deployments.ts';

/** Under way, or one of the last that ended. Throws Problem. */
export async function showDeployment(marathon: MarathonClient, given: string, hasMarks: boolean): Promise<View> {
  const id = await findDeploymentId(marathon, given);
  const reading = await new ProgressReader(marathon, id).read();
  if (reading.kind === 'nothing') throw unknown(id);
  return deploymentView(reading.progress, hasMarks);
}

/** How it ended. Throws Problem when it did not end well, or in time. */
export async function watchDeployment(
  watching: Pick<ChangeContext, 'marathon' | 'clock' | 'terminal' | 'quiet' | 'timeoutMs'>,
  given: string,
): Promise<View> {
  const id = await findDeploymentId(watching.marathon, given);
  const context = { ...watching, force: false, detach: false, rollback: false };
  const outcome = await follow(context, id);
  if (outcome.kind === 'nothing') throw unknown(id);
  if (outcome.kind !== 'ended' || outcome.progress.state !== 'succeeded') {
    const apps = outcome.kind === 'ended' ? outcome.progress.actions.map(({ appId }) => appId) : [];
    throw await troubleOf(context, { subjects: apps }, id, outcome);
  }
  return deploymentView(outcome.progress, watching.terminal.hasMarks);
}

function unknown(id: string): Problem {
  return new Problem(EXIT.notFound, {
    what: `There is no deployment '${id}'.`,
    why: 'It ended a while ago, or never was.',
    next: 'mctl deployment list',
  });
}

/** Throws Problem. */
export async function cancelOf(
  { marathon, force }: Pick<ChangeContext, 'marathon' | 'force'>,
  given: string,
): Promise<{ readonly question: string; readonly change: Change }> {
  const { id, affectedApps } = await findDeployment(marathon, given);
  const apps = affectedApps.slice(0, 5).join(', ');
  const send = async () => {
    try {
      return await marathon.cancelDeployment(id, { force });
    } catch (error) {
      // It ended while the question was asked.
      if (error instanceof MarathonError && error.code === 'not-found') throw unknown(id);
      throw error;
    }
  };
  return {
    question: force ? `Stop deployment ${id} of ${apps} where it is?` : `Take deployment ${id} of ${apps} back?`,
    change: { subjects: [id], done: force ? 'Cancelled' : 'Taken back', next: 'mctl app list', send },
  };
}
