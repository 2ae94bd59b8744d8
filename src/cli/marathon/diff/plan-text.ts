// `mctl app plan`: what a change would do, as people read it.
import type { PlanPreview } from '../../../client/marathon.ts';
import { printableLine } from '../../output/printable.ts';
import type { Style } from '../../output/style.ts';
import { actionText } from '../follow/progress-text.ts';
import { changeText, obstacles } from '../why/words.ts';
import { differences } from './diff.ts';

/** More agents of one app than this are counted. */
const MOST_AGENTS = 8;

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
  if (before === null) return [style.good(`+ ${name}  new`), ...valueLines({}, withoutEmpty(after ?? {}), style)];
  if (after === null) return [style.bad(`- ${name}  removed`)];
  const lines = valueLines(before, after, style);
  return lines.length === 0 ? [`= ${name}  unchanged`] : [style.warn(`~ ${name}`), ...lines];
}

/** What is empty says nothing of an app that is new. */
function withoutEmpty(definition: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isEmpty = (value: unknown) => ['""', '{}', '[]', 'null'].includes(JSON.stringify(value) ?? 'null');
  return Object.fromEntries(Object.entries(definition).filter(([, value]) => !isEmpty(value)));
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
    const where = agents.slice(0, MOST_AGENTS).map(({ hostname, instances }) => `${instances} on ${hostname}`);
    const others = agents.slice(MOST_AGENTS);
    const left = others.reduce((sum, { instances }) => sum + instances, 0);
    const more = left === 0 ? [] : [`${left} on ${others.length} more agents`];
    const first = agents.length === 0 ? [] : [printableLine(`  ${app}: ${[...where, ...more].join(', ')}`)];
    if (unplaced === 0) return first;
    const reason = why && obstacles(why);
    const smallest = why?.suggestions[0]?.changes.map(changeText).join(' and ');
    return [
      ...first,
      style.bad(printableLine(`  ${app}: ${unplaced} would fit nowhere now${reason ? `: ${reason}` : ''}`)),
      ...(smallest ? [printableLine(`    would help: ${smallest}`)] : []),
    ];
  });
  return lines.length === 0 ? [] : [style.strong('Where new instances would go now'), ...lines];
}
