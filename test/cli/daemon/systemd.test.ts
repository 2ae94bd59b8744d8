// The unit of Chronos: systemd takes it, and what it sets are flags that there are.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { EXIT } from '../../../src/cli/exit-codes.ts';
import { parseChronosOptions } from '../../../src/daemon/chronos/flags.ts';

const UNIT = fileURLToPath(new URL('../../../templates/systemd/mctl-chronos.service', import.meta.url));
const ANALYZE = '/usr/bin/systemd-analyze';
const text = readFileSync(UNIT, 'utf8');
const given = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1];

test.skipIf(!existsSync(ANALYZE))('the unit is one to systemd', () => {
  const { status, stderr } = spawnSync(ANALYZE, ['verify', UNIT], { encoding: 'utf8' });
  expect([status, stderr.split('\n').filter((line) => line.includes('mctl-chronos'))]).toEqual([0, []]);
});

test('the unit starts a Chronos with its state where systemd made room, and not again for wrong flags', () => {
  expect(given('ExecStart')).toBe('/usr/bin/env mctl chronos');
  expect(given('Environment')).toBe(`CHRONOS_WORK_DIR=/var/lib/${given('StateDirectory')}`);
  expect(given('RestartPreventExitStatus')).toBe(String(EXIT.usage));
});

test('the variables that it names are flags', () => {
  const lines = text.match(/CHRONOS_[A-Z_]+=\S+/g) ?? [];
  const env = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
  expect(parseChronosOptions({ env })).toMatchObject({
    master: 'zk://h1:2181,h2:2181,h3:2181/mesos',
    zk: 'zk://h1:2181,h2:2181,h3:2181/chronos',
    workDir: '/var/lib/mctl-chronos',
    user: 'root',
    httpAddress: '10.0.0.5',
    insecureNoAuth: true,
  });
});
