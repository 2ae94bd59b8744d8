import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cronFor } from '../../../src/cli/haproxy/cron/cron.ts';
import { cronText } from '../../../src/cli/haproxy/cron/cron-file.ts';
import { installCron, refuseWithBridge } from '../../../src/cli/haproxy/cron/install.ts';
import { readGiven } from '../../../src/cli/haproxy/settings/read-given.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';
import { FakeTerminal } from './support/fake-terminal.ts';

const directory = mkdtempSync(join(tmpdir(), 'mctl-haproxy-cron-'));
const world = createRealWorld({ log: { level: 'silent' } });
afterAll(() => world.close());

const entry = (args: readonly string[]): string =>
  cronText({ program: ['/usr/bin/node', '/usr/lib/mctl/bin/mctl.js'], args, path: '/usr/sbin:/usr/bin', user: 'root' });

describe('the cron entry', () => {
  test('runs every minute, as root, quietly, by absolute paths', () => {
    expect(entry(['--marathon', 'http://m1:8080,http://m2:8080', '--group', 'external'])).toBe(
      '# Written by: mctl haproxy sync --install-cron. A run is silent unless it changed something or failed.\n' +
        'SHELL=/bin/sh\n' +
        'PATH=/usr/sbin:/usr/bin\n' +
        '* * * * * root /usr/bin/node /usr/lib/mctl/bin/mctl.js haproxy sync --marathon http://m1:8080,http://m2:8080 --group external --quiet\n',
    );
  });

  test('what sh or cron would read otherwise is quoted', () => {
    const text = entry(['--group', '*', '--reload-cmd', "it's 100% $HOME"]);
    expect(text).toContain("--group '*' --reload-cmd 'it'\\''s 100\\% $HOME' --quiet\n");
  });

  test('a line break is refused', () => {
    expect(() => entry(['--group', 'a\n* * * * * root rm'])).toThrow('control character');
  });
});

describe('what a run of cron would not know', () => {
  async function printed(flags: Record<string, unknown>, env: Record<string, string> = {}): Promise<string> {
    const fake = new FakeTerminal();
    const options = { 'install-cron': false, quiet: false, force: flags.force === true };
    const places = { marathons: ['http://127.0.0.1:8080'], headers: {}, insecureTls: false };
    const context = { places, env, terminal: fake.terminal };
    await cronFor(world, readGiven(flags, env), options, context);
    return fake.data.join('\n');
  }

  test('the Marathon of the context, settings from the environment and the config file are in the entry', async () => {
    const config = join(directory, 'settings.yaml');
    writeFileSync(config, 'strict-mode: true\n');
    const text = await printed({}, { MCTL_HAPROXY_GROUP: 'external', MCTL_HAPROXY_CONFIG_FILE: config });
    expect(text).toContain(
      `haproxy sync --config-file ${config} --marathon http://127.0.0.1:8080 --group external --quiet`,
    );
    expect(await printed({ marathon: ['m1:80'], group: ['a'] })).toContain(
      'haproxy sync --marathon m1:80 --group a --quiet',
    );
  });

  test('templates and credentials of the environment cannot be, and --force must not be', async () => {
    const group = ['a'];
    const usage = { exitCode: 2 };
    await expect(printed({ group }, { HAPROXY_HEAD: 'global' })).rejects.toMatchObject(usage);
    await expect(printed({ group }, { MARATHON_USER: 'u', MARATHON_PASSWORD: 'p' })).rejects.toMatchObject(usage);
    await expect(printed({ group, force: true })).rejects.toMatchObject(usage);
    await expect(printed({ group, 'max-removal': '200' })).rejects.toMatchObject(usage);
    await expect(printed({})).rejects.toMatchObject(usage);
  });
});

describe('installing it', () => {
  test('writes the file with mode 644, and says whether anything changed', async () => {
    const path = join(directory, 'mctl-haproxy');
    expect(await installCron(world.disk, path, 'x\n')).toBe(true);
    expect(await installCron(world.disk, path, 'x\n')).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('x\n');
    expect(statSync(path).mode & 0o777).toBe(0o644);
  });

  test('a name that cron passes over is refused', async () => {
    await expect(installCron(world.disk, join(directory, 'mctl.cron'), 'x')).rejects.toMatchObject({ exitCode: 2 });
  });

  test("the older bridge's active entry is in the way; one that is commented out is not", () => {
    const path = join(directory, 'haproxy-marathon-bridge');
    writeFileSync(path, 'PATH=/bin\n# * * * * * root haproxy-marathon-bridge\n');
    expect(() => refuseWithBridge(path)).not.toThrow();
    writeFileSync(path, '* * * * * root haproxy-marathon-bridge logged refresh_system_haproxy\n');
    expect(() => refuseWithBridge(path)).toThrow('still runs from cron');
    expect(() => refuseWithBridge(join(directory, 'missing'))).not.toThrow();
  });
});
