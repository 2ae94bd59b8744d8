// Flags of Chronos (chronos.md 16): the original's names, defaults, and what is refused with a reason.
import { describe, expect, test } from 'vitest';
import { refuseUnsupported } from '../../../src/daemon/chronos/flags/refused.ts';
import { parseChronosOptions } from '../../../src/daemon/chronos/flags.ts';

const parse = (args: readonly string[], env: Record<string, string> = {}) =>
  parseChronosOptions({ args: ['--master=m:5050', ...args], env });

describe('flags', () => {
  test('have the defaults of the original, but for the port', () => {
    expect(parse([])).toMatchObject({
      httpPort: 4400,
      mesosFrameworkName: 'chronos',
      failoverTimeoutSeconds: 604_800,
      mesosRole: '*',
      mesosCheckpoint: true,
      mesosTaskCpu: 0.1,
      mesosTaskMem: 128,
      mesosTaskDisk: 256,
      failureRetryMs: 60_000,
      disableAfterFailures: 0,
      reconciliationIntervalSeconds: 600,
      jobHistoryLimit: 5,
      unreachableTimeoutMs: 300_000,
      declineOfferDurationMs: undefined,
    });
  });

  test('are taken with a space, in kebab-case and from the environment', () => {
    const options = parse(['--failure_retry', '100', '--job-history-limit=9'], { CHRONOS_CLUSTER_NAME: 'prod' });
    expect(options).toMatchObject({ failureRetryMs: 100, jobHistoryLimit: 9, clusterName: 'prod' });
  });

  test.each([
    ['cassandra_contact_points', 'job_history_limit'],
    ['graphite_host_port', 'metrics/prometheus'],
    ['raven_dsn', 'Slack'],
    ['ssl_keystore_path', 'no TLS'],
    ['mesos_authentication_principal', 'no authentication'],
  ])('--%s is refused, with what there is instead', (name, instead) => {
    const options = parse([`--${name}=x`]);
    expect(() => refuseUnsupported(options)).toThrow(`--${name} is not supported`);
    expect(() => refuseUnsupported(options)).toThrow(instead);
  });

  test("credentials in the original's own variables are refused too, and not repeated", () => {
    const refused = () => refuseUnsupported(parse([], { MESOSPHERE_HTTP_CREDENTIALS: 'a:hush' }));
    expect(refused).toThrow('--http_credentials is not supported');
    expect(refused).not.toThrow('hush');
    refuseUnsupported(parse([], {}));
  });

  test.each([
    ['--mail_password=hush'],
    ['--mail-password', 'hush'],
    ['--http_notification_credentials=a:hush'],
    ['--zk_auth=a:hush'],
  ])('a secret on the command line is refused without being repeated: %s', (...args) => {
    const refused = () => parse(args);
    expect(refused).toThrow('is a secret');
    expect(refused).not.toThrow('hush');
  });

  test('a secret comes from a file or the environment', () => {
    expect(parse(['--mail_password=/run/secrets/mail']).mailPassword).toBe('/run/secrets/mail');
    expect(parse([], { CHRONOS_MAIL_PASSWORD: 'hush' }).mailPassword).toBe('hush');
  });
});
