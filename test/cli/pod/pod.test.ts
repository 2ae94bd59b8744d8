// The file of `mctl pod run`, what becomes of it, and how its output is shown.
import { describe, expect, test } from 'vitest';
import { readDocuments } from '../../../src/cli/marathon/input/documents.ts';
import { podOperation, podWants } from '../../../src/cli/pod/group.ts';
import { LinePrefix } from '../../../src/cli/pod/line-prefix.ts';
import { type PodRequest, podRequest } from '../../../src/cli/pod/pod-file.ts';
import { Problem } from '../../../src/cli/problem.ts';
import { Resources } from '../../../src/mesos/resources.ts';

const FILE = `
name: web
separate_limits: true
tasks:
  - name: server
    command: ./serve
    cpus: 0.5
    mem: 64
    env: { PORT: 8000 }
    volumes: [{ shared: data, path: out }]
    health_check: { type: TCP, tcp: { port: 8000 } }
  - name: client
    command: [wget, http://127.0.0.1:8000]
`;

function pod(text: string): PodRequest {
  const [document] = readDocuments('web.yaml', text);
  if (document === undefined) throw new Error('no document');
  return podRequest(document, () => '01234567-0000');
}

const offer = (resources: string) => ({
  id: { value: 'O1' },
  framework_id: { value: 'F' },
  agent_id: { value: 'S0' },
  hostname: 'h',
  resources: Resources.parse(resources).allocatedTo('*').toMessages(),
});

describe('a pod', () => {
  test('becomes a task group with all that its file says', () => {
    const operation = podOperation(pod(FILE), offer('cpus:4;mem:1024;disk:100'), 'F');
    const group = operation?.launch_group;
    expect(group?.executor).toMatchObject({
      type: 'DEFAULT',
      executor_id: { value: 'web.01234567' },
      framework_id: { value: 'F' },
    });
    const [server, client] = group?.task_group.tasks ?? [];
    expect(server).toMatchObject({
      task_id: { value: 'web.server.01234567' },
      command: { shell: true, value: './serve', environment: { variables: [{ name: 'PORT', value: '8000' }] } },
      container: {
        linux_info: { share_cgroups: false },
        volumes: [{ container_path: 'out', source: { sandbox_path: { type: 'PARENT', path: 'data' } } }],
      },
      health_check: { type: 'TCP', tcp: { port: 8000 } },
    });
    expect(client?.command).toMatchObject({
      shell: false,
      value: 'wget',
      arguments: ['wget', 'http://127.0.0.1:8000'],
    });
    const all = [group?.executor.resources, server?.resources, client?.resources].map((list) => Resources.of(list));
    expect(Resources.sum(all).quantities()).toEqual(
      Resources.parse('cpus:0.7;mem:128;disk:32').allocatedTo('*').quantities(),
    );
    expect(podWants(pod(FILE))).toMatchObject({ cpus: 0.7, memMb: 128, diskMb: 32 });
  });

  test('takes no offer that all of it does not fit in', () => {
    expect(podOperation(pod(FILE), offer('cpus:4;mem:100;disk:100'), 'F')).toBeUndefined();
  });

  test.each([
    ['tasks: []\nname: x', /web\.yaml:1 {2}tasks: /],
    ['name: x\ntasks:\n  - {name: a, comand: b}', /web\.yaml:3 {2}tasks\.0: comand is no member; is it command\?/],
    ['name: x\ntasks:\n  - {name: a}', /^web\.yaml:3 {2}tasks\.0\.command: is missing$/],
    ['name: x\ntasks: [{name: a, command: []}]', /tasks\.0\.command: must not be empty/],
    ['name: x\ntasks: [{name: a, command: [b, 1]}]', /tasks\.0\.command: must be a line for the shell, or a list/],
    ['name: x\ntasks: a', /tasks: must be a list/],
    ['name: x\ntasks: [{name: a, command: b, cpus: -1}]', /tasks\.0\.cpus: must be at least 0/],
    ['name: x\ntask: [{name: a, command: b}]', /the pod: task is no member; is it tasks\?/],
    ['[]', /the pod: must be an object/],
    ['tasks: []', /name: is missing\n.*tasks: must not be empty/],
    ['name: x\ntasks: [{name: a, command: b}, {name: a, command: c}]', /two tasks are called a/],
    ['name: x\ntasks: [{name: a, command: b, volumes: [{shared: ../x, path: y}]}]', /within the sandbox/],
    ['name: x\ntasks: [{name: a, command: b, health_check: {type: 7}}]', /tasks\.0\.health_check/],
  ])('that is wrong is told where: %s', (text, why) => {
    try {
      pod(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
      expect((error as Problem).text.why).toMatch(why);
    }
  });
});

test('lines of a task have its name before them, whole, and the last one an end', () => {
  const lines = new LinePrefix('a | ');
  expect(lines.push(Buffer.from('one\ntw')).toString()).toBe('a | one\n');
  expect(lines.push(Buffer.from('o\n\nthree')).toString()).toBe('a | two\na | \n');
  expect(lines.end().toString()).toBe('a | three\n');
  expect(lines.end()).toHaveLength(0);
});
