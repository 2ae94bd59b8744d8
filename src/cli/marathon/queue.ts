// `mctl marathon queue`.
import type { MarathonClient } from '../../client/marathon.ts';
import { EXIT } from '../exit-codes.ts';
import type { View } from '../output/view.ts';
import { Problem } from '../problem.ts';
import { findAppId } from './ids.ts';
import { queueView } from './views/system.ts';

/** All, or one app's entry. Throws Problem. */
export async function queueOf(marathon: MarathonClient, given: string | undefined, nowMs: number): Promise<View> {
  const id = given === undefined ? undefined : await findAppId(marathon, given);
  const queue = await marathon.queue();
  return queueView(id === undefined ? queue : queue.filter(({ app }) => app?.id === id), nowMs);
}

/** The app's id. Throws Problem. */
export async function resetDelay(marathon: MarathonClient, given: string | undefined): Promise<string> {
  if (given === undefined) {
    throw new Problem(EXIT.usage, {
      what: 'Which app is to be launched at once?',
      next: 'mctl marathon queue <app> --reset-delay',
    });
  }
  const id = await findAppId(marathon, given);
  await marathon.resetDelay(id);
  return id;
}
