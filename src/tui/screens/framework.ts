// A framework: where it stands in each of its roles, what it was offered and what it did with it, and its tasks.
import type { Line } from '../frame/line.ts';
import { line, span } from '../frame/lines.ts';
import type { FrameworkRow } from '../view/model.ts';
import { glyphs } from '../widgets/glyphs.ts';
import { amount, amountsText, count, percent, since } from '../widgets/words.ts';
import { drawList } from './lists/list.ts';
import { frameworkMark, frameworkName } from './lists/names.ts';
import { detailFacts, drawText, type Fact, factLines, sectionLines } from './lists/page.ts';
import { ratesBy, rateText } from './lists/rates.ts';
import { LARGEST_FIRST, TASK_ACTIONS, TASK_SORTS, TASKS_OF_FRAMEWORK, taskColumns } from './lists/task-table.ts';
import type { Scene, Screen } from './screen.ts';

export const FRAMEWORK: Screen = {
  name: 'framework',
  title: 'Framework',
  topics: ['frameworks', 'roles', 'offers', 'tasks', 'agents'],
  sortColumns: TASK_SORTS,
  largestFirst: LARGEST_FIRST,
  actions: TASK_ACTIONS,
  draw(scene) {
    const id = scene.place.subject ?? '';
    const framework = scene.view.frameworks.get(id);
    if (framework === undefined) {
      return drawText(scene, 'framework', [line(span(`The framework ${id} is not there any more.`, 'warn'))]);
    }
    const facts = [...frameworkFacts(scene, framework), ...detailFacts(scene.details.of('framework', id))];
    return drawList(scene, {
      source: TASKS_OF_FRAMEWORK,
      columns: (about) => taskColumns(about, 'framework'),
      noun: 'tasks',
      feed: 'master',
      heading: `framework ${frameworkName(scene.view, id)}, tasks ${count(framework.taskCount)}`,
      above: [
        ...factLines(facts, scene.size.columns),
        ...sectionLines('where it stands', shareLines(scene, id), scene.hasMarks),
        [],
      ],
    });
  },
  data({ view, place, details }) {
    const id = place.subject ?? '';
    return {
      framework: view.frameworks.get(id),
      shares: view.shares.filter(({ frameworkId }) => frameworkId === id),
      offers: [...view.offers.values()].filter(({ frameworkId }) => frameworkId === id),
      tasks: [...view.tasksOfFramework(id)],
      details: details.of('framework', id),
    };
  },
};

function frameworkFacts({ view, nowMs, hasMarks }: Scene, framework: Readonly<FrameworkRow>): readonly Fact[] {
  const marks = glyphs(hasMarks);
  const rate = ratesBy(view, 'frameworkId', nowMs).rates.find(({ id }) => id === framework.id);
  const facts: Fact[] = [
    { name: 'state', text: line(frameworkMark(framework, marks), ` ${framework.state}`) },
    { name: 'framework', text: framework.id },
    { name: 'user, host', text: `${framework.user} on ${framework.hostname}` },
    {
      name: 'registered',
      text: framework.registeredMs === undefined ? '-' : `${since(framework.registeredMs, nowMs)} ago`,
    },
    { name: 'uses', text: amountsText(framework.allocated, marks.dot) },
    { name: 'offered', text: amountsText(framework.offered, marks.dot) },
    { name: 'last minute', text: rate === undefined ? 'no offers' : rateText(rate, marks.dot) },
  ];
  if (framework.principal !== undefined) facts.push({ name: 'principal', text: framework.principal });
  if (framework.webuiUrl !== undefined) facts.push({ name: 'web', text: framework.webuiUrl });
  if (framework.capabilities.length > 0) {
    facts.push({ name: 'capabilities', text: framework.capabilities.join(', ').toLowerCase() });
  }
  return facts;
}

function shareLines({ view, nowMs, hasMarks }: Scene, id: string): readonly Line[] {
  const { dot, dash } = glyphs(hasMarks);
  const lines = view.shares
    .filter(({ frameworkId }) => frameworkId === id)
    .map((share) => {
      const place = share.position === undefined ? 'takes no part' : `${share.position}.`;
      const filters =
        share.filterCount === 0
          ? ''
          : ` ${dot} ${count(share.filterCount)} filters${until(share.nextFilterEndsMs, nowMs)}`;
      const numbers = `${percent(share.dominantShare)} of ${share.dominantResource ?? 'nothing'} ${dot} weight ${amount(share.weight)}`;
      return line(
        span(share.role, 'strong'),
        ` ${place} ${numbers}${filters}`,
        span(share.reason === '' ? '' : ` ${dash} ${share.reason}`, 'dim'),
      );
    });
  return lines.length > 0 ? lines : [line(span(view.frameworks.get(id)?.roles.join(', ') ?? '', 'dim'))];
}

function until(endsMs: number | undefined, nowMs: number): string {
  return endsMs === undefined ? '' : `, the next ends in ${since(nowMs, endsMs)}`;
}
