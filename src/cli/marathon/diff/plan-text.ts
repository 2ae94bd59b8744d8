// `mctl app plan`: what a change would do, as people read it.
import type { PlanPreview } from '../../../client/marathon.ts';
import { printableLine } from '../../output/printable.ts';
import type { Style } from '../../output/style.ts';
import { actionText } from '../follow/progress-text.ts';
import { changeText, shortWhy } from '../why/words.ts';
import { differences } from './diff.ts';

/** Would anything happen? */
export function wouldChange({ steps, changes }: PlanPreview): boolean {
  return steps.length > 0 || changes.some(({ before, after }) => differences(before, after).length > 0);
}

/** Changes app by app, steps, and where instances would go. "" when nothing would change. */
export function planText(plan: PlanPreview, style: Style): string {
  if (!wouldChange(plan)) return '';
  const blocks = [
    ...plan.changes.map((change) => changeLines(change, style)),
    stepLines(plan, style),
    placementLines(plan, style),
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function changeLines({ id, before, after }: PlanPreview['changes'][number], style: Style): string[] {
  const name = printableLine(id);
  if (before === null) return [style.good(`+ ${name}  new`), ...valueLines({}, after, style)];
  if (after === null) return [style.bad(`- ${name}  removed`)];
  const lines = valueLines(before, after, style);
  return lines.length === 0 ? [`= ${name}  unchanged`] : [style.warn(`~ ${name}`), ...lines];
}

function valueLines(before: unknown, after: unknown, style: Style): string[] {
  return differences(before, after).map((one) => {
    const path = printableLine(one.path);
    if (one.before === undefined) return style.good(`  + ${path}: ${valueText(one.after)}`);
    if (one.after === undefined) return style.bad(`  - ${path}: ${valueText(one.before)}`);
    return `  ${style.warn('~')} ${path}: ${style.bad(valueText(one.before))} → ${style.good(valueText(one.after))}`;
  });
}

function valueText(value: unknown): string {
  return printableLine(JSON.stringify(value) ?? 'nothing');
}

function stepLines({ steps, changes }: PlanPreview, style: Style): string[] {
  const targets = new Map(changes.map(({ id, after }) => [id, after?.instances]));
  const lines = steps.map(({ actions }, index) => {
    const words = actions.map(({ action, app }) => {
      const target = targets.get(app);
      return actionText(action, app, typeof target === 'number' ? target : undefined);
    });
    return `  ${index + 1}. ${words.join(', ')}`;
  });
  return lines.length === 0 ? [] : [style.strong('Steps'), ...lines];
}

function placementLines({ placement }: PlanPreview, style: Style): string[] {
  const lines = placement.flatMap(({ app, agents, unplaced, why }) => {
    const placed = agents.reduce((sum, { instances }) => sum + instances, 0);
    const where = agents
      .slice(0, 8)
      .map(({ hostname, instances }) => (instances === 1 ? hostname : `${instances} on ${hostname}`));
    const more = agents.length > 8 ? [`and ${agents.length - 8} more agents`] : [];
    const first =
      placed === 0 ? [] : [`  ${printableLine(app)}: ${placed} would go to ${[...where, ...more].join(', ')}`];
    if (unplaced === 0) return first;
    const reason = why && shortWhy(why);
    const smallest = why?.suggestions[0]?.changes.map(changeText).join(' and ');
    const words = [reason, smallest && `it would help: ${smallest}`].filter(Boolean).join('; ');
    return [
      ...first,
      style.bad(printableLine(`  ${app}: ${unplaced} would not fit anywhere now${words && ` (${words})`}`)),
    ];
  });
  return lines.length === 0 ? [] : [style.strong('Where new instances would go now'), ...lines];
}
