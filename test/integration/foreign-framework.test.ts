// A framework in another language, from another hand, on real daemons.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DaemonSet } from './daemon-processes.ts';

const FRAMEWORK = fileURLToPath(new URL('fixtures/framework.py', import.meta.url));

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('skipped: a framework in Python: there is no python3 on this machine\n');
    return false;
  }
}

const runnable = hasPython();
let daemons: DaemonSet | undefined;

beforeAll(async () => {
  if (runnable) daemons = await DaemonSet.start({ agents: 1, resources: 'cpus:2;mem:1024;disk:1000' });
});

afterAll(() => daemons?.stop());

async function statesOf(command: string): Promise<string[]> {
  const { hostname, port } = new URL(daemons?.master.url ?? '');
  const { stdout } = await execa('python3', [FRAMEWORK, hostname, port, command], { timeout: 120_000 });
  return stdout.split('\n');
}

test.runIf(runnable)('a Python framework runs a task through real offers and hears of its end', async () => {
  expect(await statesOf('echo hello')).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
});

test.runIf(runnable)('and of a failure', async () => {
  expect(await statesOf('exit 3')).toEqual(['TASK_STARTING', 'TASK_RUNNING', 'TASK_FAILED']);
});
