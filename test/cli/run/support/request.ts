// What tests of `mctl run` place: a small request, and resources of offers and agents.
import type { RunRequest } from '../../../../src/cli/run/request.ts';
import type { Resource } from '../../../../src/mesos/generated/v1.ts';

export const REQUEST: RunRequest = {
  command: ['true'],
  name: 'true',
  taskId: 'true.1',
  user: 'root',
  role: '*',
  cpus: 0.3,
  memMb: 64,
  diskMb: 0,
  gpus: 0,
  attributes: new Map(),
  environment: new Map(),
  uris: [],
  volumes: [],
};

export const scalar = (name: string, value: number, more: Partial<Resource> = {}): Resource => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  ...more,
});
