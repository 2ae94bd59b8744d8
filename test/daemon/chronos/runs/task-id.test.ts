import { expect, test } from 'vitest';
import type { Run } from '../../../../src/daemon/chronos/model/run.ts';
import { parseTaskId, taskIdOf } from '../../../../src/daemon/chronos/runs/task-id.ts';
import { definition } from '../support/core-rig.ts';

const run = (extraArguments: string): Run =>
  ({ key: { job: 'j', dueMs: 1420843781398 }, attempt: 2, extraArguments }) as Partial<Run> as Run;

test('an id tells due time, attempt, job and arguments (chronos.md 9.1)', () => {
  expect(taskIdOf(run('-a 1 -b 2'), definition('j'))).toBe('ct:1420843781398:2:j:-a 1 -b 2');
  expect(taskIdOf(run(''), definition('j', { arguments: ['x', 'y'] }))).toBe('ct:1420843781398:2:j:x y');
  expect(parseTaskId('ct:1420843781398:0:sample-name:-a 1:b')).toEqual({
    dueMs: 1420843781398,
    attempt: 0,
    job: 'sample-name',
    arguments: '-a 1:b',
  });
  expect(parseTaskId('ct:1:0:two words #')).toMatchObject({ job: 'two words #', arguments: '' });
  expect(parseTaskId('other.1')).toBeUndefined();
});

test('semicolons go, and what Mesos takes in no id is replaced', () => {
  expect(taskIdOf(run('a;b /etc/x\n'), definition('j'))).toBe('ct:1420843781398:2:j:ab _etc_x_');
  const long = taskIdOf(run('ü'.repeat(300)), definition('j'));
  expect(Buffer.byteLength(long)).toBeLessThanOrEqual(255);
  expect(Buffer.byteLength(long)).toBeGreaterThan(253);
});
