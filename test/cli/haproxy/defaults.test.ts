// What help says of defaults, and of directories that are not there.
import { describe, expect, test } from 'vitest';
import { KEEPING, SETTINGS } from '../../../src/cli/haproxy/settings/table.ts';
import { readTemplates } from '../../../src/cli/haproxy/settings/templates.ts';
import { DEFAULT_SETTINGS } from '../../../src/haproxy/apply/settings.ts';
import { DEFAULT_OPTIONS } from '../../../src/haproxy/model/options.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';

describe('help', () => {
  test.each([
    ['haproxy-config', DEFAULT_OPTIONS.configPath],
    ['runtime-socket', DEFAULT_OPTIONS.runtimeSocket],
    ['stats-bind', DEFAULT_OPTIONS.statsBind],
    ['hard-stop-after', DEFAULT_OPTIONS.hardStopAfter],
    ['app-id-port', String(DEFAULT_OPTIONS.appIdPort)],
    ['mworker-max-reloads', String(DEFAULT_OPTIONS.maxReloads)],
    ['command-checks', DEFAULT_OPTIONS.commandChecks],
    ['style', DEFAULT_OPTIONS.style],
    ['certs-dir', DEFAULT_OPTIONS.certificatesDirectory],
    ['ssl-certs', String(DEFAULT_OPTIONS.certificates[0])],
    ['maxconn', String(DEFAULT_OPTIONS.maxConnections)],
    ['min-serv-port-ip-per-task', String(DEFAULT_OPTIONS.ipPerTaskPorts[0])],
    ['max-serv-port-ip-per-task', String(DEFAULT_OPTIONS.ipPerTaskPorts[1])],
    ['haproxy-bin', DEFAULT_SETTINGS.haproxy],
    ['archive-versions', String(DEFAULT_SETTINGS.keepVersions)],
    ['max-removal', String(DEFAULT_SETTINGS.maxRemoval * 100)],
    ['min-reload-interval', `${DEFAULT_SETTINGS.minReloadIntervalMs / 1000}s`],
  ] as const)('the default of --%s is told, and true', (name, value) => {
    expect(SETTINGS[name].summary).toContain(`default ${value}`);
  });

  test('watch does not take --splay, which it would not heed', () => {
    expect(Object.keys(KEEPING)).not.toContain('splay');
  });
});

test('a directory of templates that is not there is wrong usage', async () => {
  await expect(readTemplates(createRealWorld(), '/no/such/templates', {})).rejects.toMatchObject({
    exitCode: 2,
    text: { what: '--templates-dir: /no/such/templates cannot be read.' },
  });
});
