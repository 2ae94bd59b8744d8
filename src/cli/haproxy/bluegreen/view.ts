// What a deployment came to, or would come to, as commands print it.
import type { Colour } from '../../../haproxy/bluegreen/colours/colours.ts';
import type { PreparedColour } from '../../../haproxy/bluegreen/colours/prepare.ts';
import type { Step } from '../../../haproxy/bluegreen/steps/step.ts';
import { plannedText } from '../../../haproxy/bluegreen/steps/step-text.ts';
import type { Table, View } from '../../output/view.ts';

/** `unchanged`: there was nothing to go on with. */
export function resultView(
  group: string,
  state: 'succeeded' | 'unchanged',
  live: readonly Colour[],
  removed: readonly string[],
): View {
  const apps = live.map(({ id, colour, instances }) => ({ id, colour: colour ?? null, instances }));
  return {
    data: { group, state, live: apps, removed },
    names: apps.map(({ id }) => id),
    body: {
      kind: 'details',
      items: [
        ['Group', group],
        ['Result', state === 'succeeded' ? 'Deployed' : 'Unchanged: no deployment is under way'],
        ['Live', apps.map(({ id, instances }) => `${id} (${instances})`).join(', ')],
        ['Removed', removed.length === 0 ? undefined : removed.join(', ')],
      ],
    },
  };
}

/** `created`: the new colour, where there is to be one. */
export function rehearsalView(group: string, created: PreparedColour | undefined, steps: readonly Step[]): View {
  const instances = created?.definition.instances;
  const begin = created === undefined ? [] : [`Create ${created.id} with ${instances} of ${created.target} instances`];
  const texts = [...begin, ...steps.map(plannedText)];
  const table: Table = {
    kind: 'table',
    columns: [{ title: 'STEP', align: 'right' }, { title: 'WHAT' }],
    rows: texts.map((text, index) => [String(index + 1), text]),
  };
  const items: (readonly [string, string | undefined])[] = [['Group', group]];
  if (created !== undefined) items.push(['Definition', JSON.stringify(created.definition, undefined, 2)]);
  return {
    data: { group, state: 'would-change', definition: created?.definition ?? null, steps: texts },
    names: created === undefined ? [] : [created.id],
    body: { kind: 'details', items, sections: [{ title: 'Steps', table }] },
  };
}
