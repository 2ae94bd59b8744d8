// The first thing beside servers that two files do not have in common, in words.
import type { Section } from './config-text.ts';

/** undefined: the only differences are server lines of backends. */
export function whatDiffers(before: readonly Section[], after: readonly Section[]): string | undefined {
  if (before === after) return undefined;
  const isAsBefore = before.length === after.length && after.every((section, index) => isSame(section, before[index]));
  if (isAsBefore) return undefined;
  const olds = new Map(before.map((section) => [title(section), section]));
  const news = new Map(after.map((section) => [title(section), section]));
  const added = after.find((section) => !olds.has(title(section)));
  if (added !== undefined) return `${title(added)} is new`;
  const removed = before.find((section) => !news.has(title(section)));
  if (removed !== undefined) return `${title(removed)} is gone`;
  const changed = after.find((section) => !isSame(section, olds.get(title(section))));
  return changed === undefined ? 'the order of the sections has changed' : `${title(changed)} has changed`;
}

const title = ({ kind, name }: Section): string => `${kind} ${name}`.trim();

function isSame(section: Section, other: Section | undefined): boolean {
  return (
    other !== undefined &&
    section.lines.length === other.lines.length &&
    section.lines.every((line, index) => line === other.lines[index])
  );
}
