// The section of keys in README.md, made from the key table. A test compares the two; MCTL_WRITE_KEYS=1 makes it write.
import { KEY_TABLE, type KeyEntry } from './table.ts';

const BEGIN = '<!-- keys of mctl top: made from src/tui/keys/table.ts -->';
const END = '<!-- end of the keys -->';
const GROUPS: readonly KeyEntry['group'][] = ['screens', 'moving', 'looking', 'acting', 'other'];

/** A table in Markdown, between its marks. */
export function keySection(table: readonly KeyEntry[] = KEY_TABLE): string {
  const rows = GROUPS.flatMap((group) =>
    table
      .filter((entry) => entry.group === group)
      .map(({ action, keys, words }, index) => {
        return `| ${index === 0 ? group : ''} | ${keys.map((key) => `\`${key}\``).join(' ')} | ${words} | ${action} |`;
      }),
  );
  return [BEGIN, '', '| | key | what it does | name in the config |', '|---|---|---|---|', ...rows, '', END].join('\n');
}

/** The text with its section replaced by the present one; undefined when it has none. */
export function withKeySection(text: string, section = keySection()): string | undefined {
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END, from);
  if (from < 0 || to < 0) return undefined;
  return text.slice(0, from) + section + text.slice(to + END.length);
}
