import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generateAll } from '../../scripts/generate-messages.ts';

test('the generated messages are what the proto files say now', () => {
  for (const [name, text] of generateAll()) {
    expect(readFileSync(new URL(`../../src/mesos/generated/${name}`, import.meta.url), 'utf8'), name).toBe(text);
  }
});
