// `mctl app validate`: each app by itself, so that all faults of all of them are told at once.
import { type MarathonClient, MarathonError } from '../../client/marathon.ts';
import { EXIT } from '../exit-codes.ts';
import type { View } from '../output/view.ts';
import { Problem } from '../problem.ts';
import { appsOf, type InputApp, placeInApps } from './input/apps.ts';
import { warningsOf } from './input/members.ts';
import { readInput } from './input/read-files.ts';
import { violationLines } from './problems.ts';

/** The ids of all apps. Throws Problem `usage` with every fault and its line. */
export async function validateApps(marathon: MarathonClient, files: readonly string[]): Promise<View> {
  const apps = appsOf(await readInput(files));
  const faults: string[] = [];
  for (const app of apps) faults.push(...(await faultsOf(marathon, app)));
  if (faults.length > 0) {
    const count = faults.length === 1 ? 'There is a fault' : `There are ${faults.length} faults`;
    throw new Problem(EXIT.usage, {
      what: `${count} in ${files.map((file) => (file === '-' ? 'stdin' : file)).join(', ')}.`,
      why: faults.join('\n'),
    });
  }
  return {
    data: apps.map((app) => ({ id: app.id, valid: true, warnings: warningsOf([app]) })),
    names: apps.map(({ id }) => id),
    body: {
      kind: 'table',
      columns: [{ title: 'APP' }, { title: 'FILE' }, { title: 'RESULT' }, { title: 'WARNINGS' }],
      rows: apps.map((app) => [app.id, app.place([]), 'valid', warningsOf([app]).join(' ')]),
    },
  };
}

async function faultsOf(marathon: MarathonClient, app: InputApp): Promise<string[]> {
  try {
    const plan = await marathon.plan(app.definition, { kind: 'app', partial: false });
    if (plan !== undefined) return [];
  } catch (error) {
    if (!(error instanceof MarathonError) || error.code !== 'invalid') throw error;
    return violationLines(error.message, error.violations, placeInApps([app], false)).split('\n');
  }
  throw new Problem(EXIT.failed, {
    what: 'This Marathon cannot check an app without creating it.',
    why: 'It has no /mctl/v1/plan: that is of mctl only.',
    next: 'mctl app create -f <file>      (refuses what is not valid, and changes nothing then)',
  });
}
