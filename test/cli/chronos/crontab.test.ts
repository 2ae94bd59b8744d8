// Lines of a crontab as jobs.
import { expect, test } from 'vitest';
import { readCrontab } from '../../../src/cli/chronos/crontab.ts';
import { jobsOfCrontab } from '../../../src/cli/chronos/import-crontab.ts';
import { chronosAndClient } from './support.ts';

const USER = { hasUsers: false, prefix: '', zoneId: '' };

test('Settings hold for the lines below them, names come from the programs, and Chronos takes it all', async () => {
  const text = [
    '# backups',
    'MAILTO=ops@example.com',
    'PATH="/usr/bin:/bin"',
    '*/15 * * * * /opt/bin/backup.sh --all',
    'CRON_TZ = Europe/Berlin',
    '0 2 * * mon-fri  cd /srv && backup.sh',
    "@daily echo \\%d 'it'",
  ].join('\n');
  const { jobs, problems } = readCrontab(text, USER);
  expect(problems).toEqual([]);
  expect(jobs.map(({ name, schedule, scheduleTimeZone }) => [name, schedule, scheduleTimeZone])).toEqual([
    ['backup', 'cron: */15 * * * *', undefined],
    ['backup-2', 'cron: 0 2 * * mon-fri', 'Europe/Berlin'],
    ['echo', 'cron: @daily', 'Europe/Berlin'],
  ]);
  expect(jobs[0]).toMatchObject({
    command: '/opt/bin/backup.sh --all',
    owner: 'ops@example.com',
    environmentVariables: [{ name: 'PATH', value: '/usr/bin:/bin' }],
    retries: 0,
  });
  expect(jobs[2]?.command).toBe("echo %d 'it'");
  const { client } = chronosAndClient();
  expect((await client.plan(jobs)).steps.map(({ change }) => change)).toEqual(['create', 'create', 'create']);
});

test('A system crontab says as whom, and the same program gets names of its own', () => {
  const { jobs } = readCrontab('5 * * * * root /bin/run\n6 * * * * web /bin/run', {
    ...USER,
    hasUsers: true,
    prefix: 'h-',
  });
  expect(jobs.map(({ name, runAsUser, command }) => [name, runAsUser, command])).toEqual([
    ['h-run', 'root', '/bin/run'],
    ['h-run-2', 'web', '/bin/run'],
  ]);
});

test('What cron does and Chronos cannot is told with its line', () => {
  const { jobs, problems } = readCrontab('@reboot x\n* * * *\n\n0 0 * * * mail a%Hello', USER);
  expect(jobs).toEqual([]);
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual(['1:', '2:', '4:']);
});

test('A schedule or a zone that Chronos would not take is a bad line, and no job', () => {
  const text = '61 * * * * x\n0 0 30 2 * x\nH * * * * x\n0 1 * * * good\nCRON_TZ=Mars/Phobos\n0 2 * * * x';
  const { jobs, problems } = readCrontab(text, USER);
  expect(jobs.map(({ name }) => name)).toEqual(['good']);
  expect(problems).toEqual([
    expect.stringMatching(/^1: '61' is no minute/),
    "2: Never: '0 0 30 2 *' asks for a day that none of its months has",
    expect.stringMatching(/^3: 'H' is no minute/),
    expect.stringMatching(/^6: Unknown time zone 'Mars\/Phobos'/),
  ]);
});

test('A file that is not there and a zone that is none are told as such', async () => {
  const how = { skipBad: true, say: () => undefined };
  await expect(jobsOfCrontab('/nowhere/tab', USER, how)).rejects.toMatchObject({
    text: { why: 'There is no such file.' },
  });
  const zone = jobsOfCrontab('/nowhere/tab', { ...USER, zoneId: 'Europe/Berln' }, how);
  await expect(zone).rejects.toMatchObject({
    text: { what: expect.stringContaining("--zone: Unknown time zone 'Europe/Berln'") },
  });
});

test('Another shell runs the command', () => {
  const { jobs } = readCrontab("SHELL=/bin/bash\n0 0 * * * echo 'a'", USER);
  expect(jobs[0]?.command).toBe("/bin/bash -c 'echo '\\''a'\\'''");
});
