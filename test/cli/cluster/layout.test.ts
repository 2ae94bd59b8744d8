import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chosenName, clusterPaths, noCluster } from '../../../src/cli/cluster/layout.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mctl-clusters-'));
  mkdirSync(join(directory, 'second'));
  writeFileSync(join(directory, 'second', 'cluster.json'), '{}');
});
afterEach(() => rmSync(directory, { recursive: true }));

const chosen = (choice: { nameFlag?: string; contextFlag?: string; env?: Record<string, string> }): string =>
  chosenName({ nameFlag: undefined, contextFlag: undefined, env: {}, ...choice }, directory);

describe('the local cluster that a command means', () => {
  test('is the one that it names, else that of the context, else the first one', () => {
    const env = { MCTL_CONTEXT: 'second' };
    expect(chosen({ nameFlag: 'third', contextFlag: 'fourth', env })).toBe('third');
    expect(chosen({ contextFlag: 'fourth', env })).toBe('fourth');
    expect(chosen({ env })).toBe('second');
    expect(chosen({})).toBe('local');
  });

  test('is not what the variable means when that is no local one', () => {
    expect(chosen({ env: { MCTL_CONTEXT: 'production' } })).toBe('local');
  });
});

test('a cluster that there is not is told with those that there are', () => {
  const told = (): unknown => noCluster(clusterPaths(directory, 'local'));
  const why = "There is 'second'.";
  expect(told()).toMatchObject({ exitCode: 3, text: { why, next: 'Add --name second (or MCTL_CONTEXT=second).' } });
  rmSync(join(directory, 'second'), { recursive: true });
  expect(told()).toMatchObject({ text: { what: "There is no cluster 'local'.", next: 'mctl cluster up' } });
});
