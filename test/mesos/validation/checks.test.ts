// mesos-api.md 12.8, 14.2: which health checks and checks a task may have.
import { describe, expect, test } from 'vitest';
import type { CheckInfo, HealthCheck } from '../../../src/mesos/generated/v1.ts';
import { validateCheckInfo, validateHealthCheck, withInferredType } from '../../../src/mesos/validation/checks.ts';

const COMMAND = { value: 'true' };

describe('a health check', () => {
  test.each([
    { type: 'COMMAND', command: COMMAND },
    { type: 'COMMAND', command: { shell: false, value: '/bin/true', arguments: ['true'] } },
    { type: 'HTTP', http: { port: 80 } },
    { type: 'HTTP', http: { port: 80, path: '/x', scheme: 'https', statuses: [204], protocol: 'IPv6' } },
    { type: 'TCP', tcp: { port: 80 } },
    { type: 'TCP', tcp: { port: 80 }, delay_seconds: 0, interval_seconds: 0, timeout_seconds: 0 },
    { type: 'TCP', tcp: { port: 80 }, grace_period_seconds: 0, consecutive_failures: 0 },
  ] satisfies HealthCheck[])('may be %j', (check) => {
    expect(validateHealthCheck(check)).toBeUndefined();
  });

  test.each([
    [{}, "HealthCheck must specify 'type'"],
    [{ type: 'UNKNOWN' }, "'UNKNOWN' is not a valid health check type"],
    [{ type: 'COMMAND' }, "Expecting 'command' to be set for COMMAND health check"],
    [{ type: 'COMMAND', command: {} }, "Command health check must contain 'shell command'"],
    [{ type: 'COMMAND', command: { shell: false } }, "Command health check must contain 'executable path'"],
    [{ type: 'HTTP' }, "Expecting 'http' to be set for HTTP health check"],
    [{ type: 'HTTP', http: { port: 1, scheme: 'ftp' } }, "Unsupported HTTP health check scheme: 'ftp'"],
    [{ type: 'HTTP', http: { port: 1, path: 'x' } }, "The path 'x' of HTTP health check must start with '/'"],
    [{ type: 'TCP' }, "Expecting 'tcp' to be set for TCP health check"],
    [{ type: 'TCP', tcp: { port: 1 }, delay_seconds: -1 }, "Expecting 'delay_seconds' to be non-negative"],
    [{ type: 'TCP', tcp: { port: 1 }, interval_seconds: -1 }, "Expecting 'interval_seconds' to be non-negative"],
    [{ type: 'TCP', tcp: { port: 1 }, timeout_seconds: -1 }, "Expecting 'timeout_seconds' to be non-negative"],
    [
      { type: 'TCP', tcp: { port: 1 }, grace_period_seconds: -1 },
      "Expecting 'grace_period_seconds' to be non-negative",
    ],
  ] satisfies [HealthCheck, string][])('may not be %j', (check, reason) => {
    expect(validateHealthCheck(check)).toBe(reason);
  });

  test('of old frameworks is of the type that it describes, when that is one', () => {
    expect(withInferredType({ command: COMMAND }).type).toBe('COMMAND');
    expect(withInferredType({ http: { port: 1 } }).type).toBe('HTTP');
    expect(withInferredType({ command: COMMAND, http: { port: 1 } }).type).toBeUndefined();
    expect(withInferredType({ tcp: { port: 1 } }).type).toBeUndefined();
    expect(withInferredType({ type: 'TCP', http: { port: 1 } }).type).toBe('TCP');
  });
});

describe('a check', () => {
  test.each([
    { type: 'COMMAND', command: { command: COMMAND } },
    { type: 'HTTP', http: { port: 80, path: '/x' } },
    { type: 'TCP', tcp: { port: 80 } },
  ] satisfies CheckInfo[])('may be %j', (check) => {
    expect(validateCheckInfo(check)).toBeUndefined();
  });

  test.each([
    [{}, "CheckInfo must specify 'type'"],
    [{ type: 'UNKNOWN' }, "'UNKNOWN' is not a valid check type"],
    [{ type: 'COMMAND' }, "Expecting 'command' to be set for COMMAND check"],
    [{ type: 'COMMAND', command: { command: {} } }, "Command check must contain 'shell command'"],
    [{ type: 'HTTP' }, "Expecting 'http' to be set for HTTP check"],
    [{ type: 'HTTP', http: { port: 1, path: 'x' } }, "The path 'x' of HTTP check must start with '/'"],
    [{ type: 'TCP' }, "Expecting 'tcp' to be set for TCP check"],
    [{ type: 'TCP', tcp: { port: 1 }, timeout_seconds: -0.1 }, "Expecting 'timeout_seconds' to be non-negative"],
  ] satisfies [CheckInfo, string][])('may not be %j', (check, reason) => {
    expect(validateCheckInfo(check)).toBe(reason);
  });
});
