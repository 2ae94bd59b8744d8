// mesos-semantics.md 9.3, rule by rule.
import { describe, expect, test } from 'vitest';
import {
  type CheckMemory,
  hasFailedTooOften,
  judgeCheck,
  judgeHealth,
} from '../../../../../src/daemon/agent/tasks/checks/judgement.ts';
import { emptyStatus, isGood, type Outcome } from '../../../../../src/daemon/agent/tasks/checks/outcome.ts';
import { checkRules, type HealthRules, healthRules } from '../../../../../src/daemon/agent/tasks/checks/rules.ts';
import type { CheckStatusInfo } from '../../../../../src/mesos/generated/v1.ts';

const RULES: HealthRules = {
  target: { type: 'COMMAND', command: { value: 'true' } },
  delayMs: 0,
  intervalMs: 1_000,
  timeoutMs: 1_000,
  graceMs: 10_000,
  maxFailures: 3,
};
const exited = (code: number): Outcome => ({
  kind: 'result',
  status: { type: 'COMMAND', command: { exit_code: code } },
});
const GOOD = exited(0);
const BAD = exited(1);
const LATE: Outcome = { kind: 'error', why: 'too late' };
const NOT_RUN: Outcome = { kind: 'not-run', why: 'the agent was not there' };

/** What is told of each outcome: `true`, `false`, `-` for nothing, `!` when the task must die. */
function told(outcomes: readonly [Outcome, number][], rules: HealthRules = RULES): string {
  let memory: CheckMemory = { runningSinceMs: 0 };
  const words = outcomes.map(([outcome, sinceMs]) => {
    const verdict = judgeHealth(memory, rules, outcome, sinceMs);
    memory = verdict.memory;
    return `${verdict.isNews ? memory.healthy : '-'}${verdict.mustDie ? '!' : ''}`;
  });
  return words.join(' ');
}
const at = (sinceMs: number, ...outcomes: Outcome[]): [Outcome, number][] =>
  outcomes.map((outcome) => [outcome, sinceMs]);

describe('health', () => {
  test('the first success is told, later ones are not', () => {
    expect(told(at(0, GOOD, GOOD, GOOD))).toBe('true - -');
  });

  test('each failure is told, and the one that is too many kills', () => {
    expect(told(at(20_000, BAD, BAD, BAD))).toBe('false false false!');
    expect(told(at(20_000, BAD), { ...RULES, maxFailures: 1 })).toBe('false!');
    expect(told(at(20_000, BAD), { ...RULES, maxFailures: 0 })).toBe('false!');
  });

  test('a success in between is told and begins the count anew', () => {
    expect(told(at(20_000, BAD, BAD, GOOD, BAD, BAD, GOOD, GOOD))).toBe('false false true false false true -');
  });

  test('a probe that was too late or was killed has failed', () => {
    expect(told(at(20_000, LATE, LATE, LATE))).toBe('false false false!');
  });

  test('one that could not be run neither fails nor succeeds nor breaks a row', () => {
    expect(told(at(20_000, NOT_RUN, BAD, NOT_RUN, BAD, NOT_RUN, BAD))).toBe('- false - false - false!');
    expect(told(at(20_000, GOOD, NOT_RUN))).toBe('true -');
  });

  test('failures within the grace period do not count, up to its last moment', () => {
    expect(told([...at(9_000, BAD, BAD, BAD, LATE), ...at(10_000, BAD), ...at(10_001, BAD)])).toBe('- - - - - false');
  });

  test('the first success ends the grace period', () => {
    expect(told(at(1_000, BAD, GOOD, BAD, BAD, BAD))).toBe('- true false false false!');
  });

  test('without a grace period the failure at the very start counts', () => {
    expect(told(at(0, BAD), { ...RULES, graceMs: 0 })).toBe('false');
  });

  test('an agent that comes later knows from the memory alone that the task is past saving', () => {
    expect(hasFailedTooOften({ runningSinceMs: 0, failures: 3 }, RULES)).toBe(true);
    expect(hasFailedTooOften({ runningSinceMs: 0, failures: 2 }, RULES)).toBe(false);
    expect(hasFailedTooOften({ runningSinceMs: 0 }, { ...RULES, maxFailures: 0 })).toBe(false);
  });
});

describe('a general check', () => {
  function results(...outcomes: Outcome[]): (CheckStatusInfo | undefined)[] {
    let memory: CheckMemory = { runningSinceMs: 0 };
    return outcomes.map((outcome) => {
      const verdict = judgeCheck(memory, emptyStatus('COMMAND'), outcome);
      expect(verdict.mustDie).toBe(false);
      memory = verdict.memory;
      return verdict.isNews ? memory.checkStatus : undefined;
    });
  }
  const status = (code: number): CheckStatusInfo => ({ type: 'COMMAND', command: { exit_code: code } });

  test('tells results only when they change', () => {
    expect(results(exited(7), exited(7), exited(0), exited(0), exited(7))).toEqual([
      status(7),
      undefined,
      status(0),
      undefined,
      status(7),
    ]);
  });

  test('tells that there is no result any more, once', () => {
    const none = { type: 'COMMAND', command: {} };
    expect(results(LATE, exited(1), LATE, LATE, exited(1))).toEqual([undefined, status(1), none, undefined, status(1)]);
  });

  test('says nothing when it could not be run', () => {
    expect(results(NOT_RUN, exited(1), NOT_RUN, exited(1))).toEqual([undefined, status(1), undefined, undefined]);
  });
});

test('what is good: exit code 0, 200 to 399, a connection', () => {
  const http = (code: number): CheckStatusInfo => ({ type: 'HTTP', http: { status_code: code } });
  expect([199, 200, 204, 302, 399, 400, 404, 500].map((code) => isGood(http(code)))).toEqual([
    false,
    true,
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  expect([0, 1, 127].map((code) => isGood({ type: 'COMMAND', command: { exit_code: code } }))).toEqual([
    true,
    false,
    false,
  ]);
  expect([true, false].map((succeeded) => isGood({ type: 'TCP', tcp: { succeeded } }))).toEqual([true, false]);
  for (const type of ['COMMAND', 'HTTP', 'TCP'] as const) expect(isGood(emptyStatus(type))).toBe(false);
});

describe('rules', () => {
  test('defaults are those of the messages; no timeout is for ever', () => {
    expect(healthRules({ type: 'TCP', tcp: { port: 80 } })).toEqual({
      target: { type: 'TCP', host: '127.0.0.1', port: 80 },
      delayMs: 15_000,
      intervalMs: 10_000,
      timeoutMs: 20_000,
      graceMs: 10_000,
      maxFailures: 3,
    });
    const times = { delay_seconds: 0, interval_seconds: 0.1, timeout_seconds: 0 };
    expect(checkRules({ type: 'COMMAND', command: { command: { value: 'true' } }, ...times })).toEqual({
      target: { type: 'COMMAND', command: { value: 'true' } },
      delayMs: 0,
      intervalMs: 100,
      timeoutMs: Number.POSITIVE_INFINITY,
    });
  });

  test('HTTP goes to the loopback address of its protocol, over http unless it says https', () => {
    const target = (http: Parameters<typeof healthRules>[0]['http']) =>
      healthRules({ type: 'HTTP', ...(http && { http }) })?.target;
    expect(target({ port: 80 })).toMatchObject({ scheme: 'http', host: '127.0.0.1', path: '' });
    expect(target({ port: 80, scheme: 'https', path: '/x', protocol: 'IPv6' })).toMatchObject({
      scheme: 'https',
      host: '::1',
      path: '/x',
    });
  });

  test('there are none for a type that does not exist', () => {
    expect(healthRules({ type: 'UNKNOWN' })).toBeUndefined();
    expect(checkRules({ type: 'HTTP' })).toBeUndefined();
  });
});
