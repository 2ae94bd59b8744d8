// `mctl pod run` on a real master and a real agent: what it shows, how it ends, and that it leaves nothing behind.
import { userInfo } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDocuments } from '../../src/cli/marathon/input/documents.ts';
import { podRequest } from '../../src/cli/pod/pod-file.ts';
import { startPod } from '../../src/cli/pod/run-pod.ts';
import { LiveCluster } from '../conformance/live/live-cluster.ts';

let cluster: LiveCluster;

beforeAll(async () => {
  cluster = await LiveCluster.start();
  await cluster.addAgent();
});
afterAll(async () => {
  await cluster?.stop();
});

function start(tasks: string, masters = [cluster.masterUrl]) {
  const [document] = readDocuments('pod.yaml', `name: two\nuser: ${userInfo().username}\ntasks:\n${tasks}`);
  if (document === undefined) throw new Error('no document');
  const shown = { stdout: '', stderr: '', said: [] as string[] };
  const run = startPod({
    world: cluster.world,
    masters,
    pod: podRequest(document),
    timeoutMs: 20_000,
    stdout: (bytes) => {
      shown.stdout += Buffer.from(bytes).toString();
    },
    stderr: (bytes) => {
      shown.stderr += Buffer.from(bytes).toString();
    },
    say: (text) => shown.said.push(text),
  });
  return { run, shown };
}

async function expectNothingLeft(): Promise<void> {
  const { frameworks } = JSON.parse((await cluster.get('/frameworks')).text);
  expect(frameworks).toEqual([]);
  const agent = cluster.agents[0]?.port;
  await cluster.until('the agent runs nothing', async () => {
    const { body } = await cluster.world.net.request({ method: 'GET', url: `http://127.0.0.1:${agent}/containers` });
    return new TextDecoder().decode(body) === '[]';
  });
}

test('shows what its tasks write, with their names, and ends well with the last of them, by any master that answers', async () => {
  const volumes = 'volumes: [{shared: data, path: d}]';
  const { run, shown } = start(
    `
  - {name: writer, command: 'echo made > d/file; echo written', ${volumes}}
  - {name: reader, command: 'until test -s d/file; do sleep 0.05; done; cat d/file', ${volumes}}`,
    ['127.0.0.1:1', cluster.masterUrl],
  );
  expect(await run.ended).toBe(0);
  expect(shown.stdout.split('\n').sort()).toEqual(['', 'reader | made', 'writer | written']);
  expect(shown.said).toContain('writer finished (Command exited with status 0)');
  await expectNothingLeft();
});

test('ends as the first of its tasks that fails, which takes the others along', async () => {
  const { run, shown } = start(`
  - {name: bad, command: 'sleep 0.3; echo no >&2; exit 9'}
  - {name: good, command: 'sleep 1000'}`);
  expect(await run.ended).toBe(9);
  expect(shown.stderr).toBe('bad  | no\n');
  expect(shown.said).toContain('good killed (Command terminated with signal Terminated)');
  await expectNothingLeft();
});

test('says which task fails its health check before that one is killed', async () => {
  const check =
    '{type: COMMAND, command: {value: "false"}, delay_seconds: 0, grace_period_seconds: 0, consecutive_failures: 1}';
  const { run, shown } = start(`
  - {name: ill, command: 'sleep 1000', health_check: ${check}}
  - {name: fit, command: 'sleep 1000'}`);
  expect(await run.ended).toBe(143);
  const said = shown.said.findIndex((text) => text.startsWith('ill fails its health check'));
  expect(said).toBeGreaterThan(0);
  expect(said).toBeLessThan(shown.said.findIndex((text) => text.startsWith('ill killed')));
  await expectNothingLeft();
});

test('stops all of them when it is interrupted', async () => {
  const { run, shown } = start(`
  - {name: a, command: 'sleep 1000'}
  - {name: b, command: 'sleep 1000'}`);
  await cluster.until('both run', async () => shown.said.filter((text) => text.endsWith('running')).length === 2);
  run.interrupt(130);
  expect(await run.ended).toBe(130);
  await expectNothingLeft();
});
