// What holds for every command, however many there will be.
import { globSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from '@oclif/core';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../src/commands/', import.meta.url));
const files = globSync('**/*.ts', { cwd: root }).sort();
const DAEMONS = ['master.ts', 'agent/index.ts', 'marathon/index.ts', 'chronos/index.ts'];
const EVERYWHERE = ['json', 'output', 'quiet', 'watch', 'timeout', 'yes', 'context', 'master', 'state-dir'];

describe.each(files)('commands/%s', (file) => {
  test('has a summary, an example, and the flags that every command has', async () => {
    const { default: command }: { default: typeof Command } = await import(`${root}${file}`);
    expect(command.summary).toMatch(/^[A-Z].*[.)]$/);
    expect(command.examples?.length).toBeGreaterThan(0);
    const flags = Object.keys({ ...command.baseFlags, ...command.flags });
    if (DAEMONS.includes(file)) expect(flags).toContain('work-dir');
    else expect(flags).toEqual(expect.arrayContaining(EVERYWHERE));
  });

  test('is named after where it is', async () => {
    const { default: command }: { default: typeof Command } = await import(`${root}${file}`);
    const words = [...dirname(file).split('/'), ...basename(file, '.ts').split('-')].filter(
      (word) => word !== '.' && word !== 'index',
    );
    expect(command.name).toBe(words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join(''));
  });

  test('describes every flag and argument', async () => {
    const { default: command }: { default: typeof Command } = await import(`${root}${file}`);
    for (const flag of Object.values({ ...command.baseFlags, ...command.flags }))
      expect(flag.summary ?? flag.description).toBeTruthy();
    for (const argument of Object.values(command.args)) expect(argument.description).toBeTruthy();
  });
});
