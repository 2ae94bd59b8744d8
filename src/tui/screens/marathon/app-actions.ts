// What can be done with apps, in the words of the question before it.
import type { ClusterView } from '../../view/model.ts';
import { counted } from '../../widgets/words.ts';
import type { Asked, ScreenActions } from '../screen.ts';
import { isGroupId } from './app-tree.ts';

const GROUP = 'That is a group; choose apps.';

export const APP_ACTIONS: Required<Pick<ScreenActions, 'kill' | 'restart' | 'scale' | 'logs'>> = {
  logs: (id, view) => firstTask(id, view),
  kill(ids, view) {
    if (ids.some(isGroupId)) return GROUP;
    const keys = ids.flatMap((id) => [...view.tasksOfApp(id)].map(({ key }) => key));
    if (keys.length === 0) return 'There are no instances to kill.';
    return {
      question: `Kill ${counted(keys.length, 'instance')} of ${named(ids)}? Others are started in their place.`,
      effect: { kind: 'kill-tasks', keys },
    };
  },
  restart: (ids) => askRestart(ids),
  scale(id, view) {
    if (isGroupId(id)) return GROUP;
    const app = view.apps.get(id);
    if (app === undefined) return 'The app is not there any more.';
    return {
      question: `Scale ${id} (now ${app.instances}) to`,
      effect: (instances) => ({ kind: 'scale-app', appId: id, instances }),
    };
  },
};

function askRestart(ids: readonly string[]): Asked | string {
  if (ids.some(isGroupId)) return GROUP;
  return {
    question: `Restart ${named(ids)}? All instances are replaced.`,
    effect: { kind: 'restart-apps', appIds: ids },
  };
}

/** Its log is the app's: one that runs before others. */
export function firstTask(appId: string, { tasksOfApp }: ClusterView): string | undefined {
  let first: string | undefined;
  for (const { key, state } of tasksOfApp(appId)) {
    if (state === 'TASK_RUNNING') return key;
    first ??= key;
  }
  return first;
}

/** One by its name, several by their number. */
export function named(ids: readonly string[]): string {
  const [only, ...others] = ids;
  return only === undefined || others.length > 0 ? counted(ids.length, 'app') : only;
}
