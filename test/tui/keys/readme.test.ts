import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { keySection, withKeySection } from '../../../src/tui/keys/readme.ts';
import { KEY_TABLE } from '../../../src/tui/keys/table.ts';

const README = fileURLToPath(new URL('../../../README.md', import.meta.url));
const readme = readFileSync(README, 'utf8');

describe('the keys in the README', () => {
  test('are those of the key table; MCTL_WRITE_KEYS=1 writes them', () => {
    const wanted = withKeySection(readme);
    if (process.env.MCTL_WRITE_KEYS === '1' && wanted !== undefined) writeFileSync(README, wanted);
    else expect(readme).toBe(wanted);
  });

  test('tell every key with its words and the name by which it is bound', () => {
    const section = keySection();
    for (const { action, keys, words } of KEY_TABLE) {
      const line = section.split('\n').find((one) => one.endsWith(`| ${action} |`));
      expect(line).toContain(words);
      for (const key of keys) expect(line).toContain(`\`${key}\``);
    }
  });

  test('have a place only between their marks', () => {
    expect(withKeySection('no marks')).toBeUndefined();
    const table = KEY_TABLE.slice(0, 1);
    const text = `before\n${keySection(KEY_TABLE)}\nafter`;
    expect(withKeySection(text, keySection(table))).toBe(`before\n${keySection(table)}\nafter`);
  });
});
