// `mctl framework teardown`: removes a framework with all its tasks.
import type { MasterClient } from '../../client/operator.ts';
import { killWords } from '../agents/find.ts';
import { EXIT } from '../exit-codes.ts';
import type { View } from '../output/view.ts';
import { Problem } from '../problem.ts';
import { clusterPicture, type FrameworkEntry } from '../views/cluster-picture.ts';
import { findFramework } from './find.ts';

/** The framework, and how many tasks go with it. */
export interface FrameworkToRemove {
  readonly framework: FrameworkEntry;
  readonly liveTasks: number;
  /** To be asked before. */
  readonly question: string;
}

/** Throws Problem: `notFound`, `conflict` when it is gone already. */
export async function findForTeardown(master: MasterClient, given: string): Promise<FrameworkToRemove> {
  const picture = await clusterPicture(master);
  const framework = findFramework(picture, given);
  if (framework.state === 'completed') {
    throw new Problem(EXIT.conflict, { what: `Framework '${framework.id}' is gone already.` });
  }
  const liveTasks = picture.tasks.filter((task) => task.live && task.frameworkId === framework.id).length;
  const question = `Remove framework '${framework.name}' (${framework.id}), ${killWords(liveTasks)}?`;
  return { framework, liveTasks, question };
}

/** Written after it was removed. */
export function teardownView({ framework, liveTasks }: FrameworkToRemove): View {
  return {
    data: { id: framework.id, name: framework.name, tasksKilled: liveTasks },
    names: [framework.id],
    body: {
      kind: 'details',
      items: [
        ['Removed', `${framework.name} (${framework.id})`],
        ['Tasks killed', String(liveTasks)],
      ],
    },
  };
}
