// Tasks as lines of text (marathon.md 6.2).
import { expect, test } from 'vitest';
import { tasksText } from '../../../../src/daemon/marathon/http/views/task-text.ts';
import type { PortMapping } from '../../../../src/daemon/marathon/model/app.ts';
import { appOf, instanceOf, statusOf } from '../health/support.ts';

const mapping = (containerPort: number, servicePort: number, hostPort?: number): PortMapping => ({
  containerPort,
  servicePort,
  ...(hostPort !== undefined && { hostPort }),
  protocol: 'tcp',
  labels: {},
  networkNames: [],
});

test('a port inside the container is the one that the task was told, also where the app leaves it open', () => {
  const { portDefinitions: _, ...plain } = appOf();
  const portMappings = [mapping(0, 10_000), mapping(8080, 10_001), mapping(0, 10_002, 0)];
  const app = {
    ...plain,
    networks: [{ mode: 'container' as const, name: 'net', labels: {} }],
    container: { type: 'MESOS' as const, volumes: [], portMappings },
  };
  const instance = instanceOf(app);
  const status = statusOf(instance.task?.id ?? '', {
    container_status: { network_infos: [{ ip_addresses: [{ ip_address: '9.0.0.5' }] }] },
  });
  const ports = { hostPorts: [31_000], containerPorts: [40_001, 8080, 31_000] };
  const task = { ...instance.task, id: '', incarnation: 1, stagedAtMs: 0, status, ...ports };
  const text = (networks: readonly string[]) =>
    tasksText([app], { ofApp: () => [{ ...instance, task }] }, new Set(networks)).split('\n');
  const host = instance.agent?.host;
  expect(text(['net'])).toEqual([
    'web\t10000\t9.0.0.5:40001\t',
    'web\t10001\t9.0.0.5:8080\t',
    `web\t10002\t${host}:31000\t`,
    '',
  ]);
  expect(text([])).toEqual([`web\t10002\t${host}:31000\t`, '']);
});
