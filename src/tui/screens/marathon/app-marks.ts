// An app's instances as marks, from its counts.
import type { Span } from '../../frame/line.ts';
import type { AppRow, InstanceMark } from '../../view/model.ts';
import { instanceMarks } from '../../widgets/instance-marks.ts';

/** Beyond this nobody counts marks, and groups are told by numbers. */
const MAX_MARKS = 500;

export function appMarks(app: Readonly<AppRow>, cells: number, hasMarks: boolean): readonly Span[] {
  const counts = markCounts(app);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  if (total > MAX_MARKS) return [{ text: counts.map(([mark, count]) => `${count} ${mark}`).join(', ') }];
  return instanceMarks(
    counts.flatMap(([mark, count]) => new Array<InstanceMark>(count).fill(mark)),
    cells,
    hasMarks,
  );
}

function markCounts({ instances, running, healthy, unhealthy, staged }: Readonly<AppRow>) {
  const counts: (readonly [InstanceMark, number])[] = [
    ['healthy', healthy],
    ['running', Math.max(0, running - healthy - unhealthy)],
    ['unhealthy', unhealthy],
    ['staged', staged],
    ['waiting', Math.max(0, instances - running - staged)],
  ];
  return counts.filter(([, count]) => count > 0);
}
