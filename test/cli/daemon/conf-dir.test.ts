// Flags in files, as packages of the original put them below /etc/chronos/conf (chronos.md 16).
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withConfDir } from '../../../src/cli/daemon/conf-dir.ts';
import { CHRONOS_FLAGS, parseChronosOptions } from '../../../src/daemon/chronos/flags.ts';

function options(files: Readonly<Record<string, string>>, args: string[] = [], env: Record<string, string> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'mctl-conf-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  mkdirSync(join(directory, 'old'));
  const all = [...args, `--conf-dir=${directory}`];
  return parseChronosOptions({ args: all, env: withConfDir(CHRONOS_FLAGS, 'CHRONOS_', all, env) });
}

test('A file is a flag, its text the value; a name after ? is a switch', () => {
  const files = { master: 'm:5050\n', failure_retry: ' 100 ', '?finite_catchup': '', '?no-mesos_checkpoint': '' };
  expect(options(files)).toMatchObject({
    master: 'm:5050',
    failureRetryMs: 100,
    finiteCatchup: true,
    mesosCheckpoint: false,
  });
});

test('The environment stands before files, and the command line before both', () => {
  const files = { master: 'file:1', cluster_name: 'file', hostname: 'file' };
  const env = { CHRONOS_CLUSTER_NAME: 'env', CHRONOS_HOSTNAME: 'env' };
  expect(options(files, ['--hostname=args'], env)).toMatchObject({
    master: 'file:1',
    clusterName: 'env',
    hostname: 'args',
  });
});

test('A secret may be in such a file', () => {
  expect(options({ master: 'm:5050', mail_password: 'hush\n' }).mailPassword).toBe('hush');
});

test('A file that no flag is named after, and a directory that is not there, are refused by name', () => {
  expect(() => options({ master: 'm:5050', mster: 'x' })).toThrow('There is no flag --mster');
  const args = ['--conf_dir', '/nowhere/at/all'];
  expect(() => withConfDir(CHRONOS_FLAGS, 'CHRONOS_', args, {})).toThrow('/nowhere/at/all');
});

test('What editors and packages leave there is none', () => {
  expect(options({ master: 'm:5050', 'master.dpkg-old': 'x', '.master.swp': 'x', 'master~': 'x' }).master).toBe(
    'm:5050',
  );
});
