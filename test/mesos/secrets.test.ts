import { describe, expect, test } from 'vitest';
import type { CommandInfo, ContainerInfo, Secret } from '../../src/mesos/generated/v1.ts';
import {
  executorWithoutSecretValues,
  healthCheckWithoutSecretValues,
  withoutSecretValues,
} from '../../src/mesos/secrets.ts';

const secret: Secret = { type: 'VALUE', value: { data: 'czNjcjN0' } };

describe('a container that is shown', () => {
  test('has what it says of its secrets, without their values', () => {
    const container: ContainerInfo = {
      type: 'MESOS',
      mesos: {
        image: {
          type: 'DOCKER',
          cached: false,
          docker: { name: 'box', config: secret, credential: { principal: 'team', secret: 's3cr3t' } },
        },
      },
      volumes: [
        { container_path: 'a', mode: 'RO', source: { type: 'SECRET', secret } },
        { container_path: 'b', mode: 'RW', host_path: '/b' },
      ],
    };
    expect(withoutSecretValues(container)).toEqual({
      type: 'MESOS',
      mesos: {
        image: {
          type: 'DOCKER',
          cached: false,
          docker: { name: 'box', config: { type: 'VALUE' }, credential: { principal: 'team' } },
        },
      },
      volumes: [
        { container_path: 'a', mode: 'RO', source: { type: 'SECRET', secret: { type: 'VALUE' } } },
        { container_path: 'b', mode: 'RW', host_path: '/b' },
      ],
    });
  });

  test('without secrets is the same', () => {
    const reference: Secret = { type: 'REFERENCE', reference: { name: 'x' } };
    for (const container of [
      { type: 'MESOS' },
      { type: 'DOCKER', docker: { image: 'box' } },
      { type: 'MESOS', mesos: { image: { type: 'DOCKER', docker: { name: 'box', config: reference } } } },
    ] as const) {
      expect(withoutSecretValues(container)).toBe(container);
    }
  });
});

describe('a command that is shown', () => {
  const plain = { name: 'COLOUR', value: 'blue' };
  const command: CommandInfo = {
    value: 'serve',
    environment: { variables: [plain, { name: 'KEY', type: 'SECRET', secret }] },
  };
  const shown = {
    value: 'serve',
    environment: { variables: [plain, { name: 'KEY', type: 'SECRET', secret: { type: 'VALUE' } }] },
  };

  test('names its secret variables without their values, of an executor and of a health check', () => {
    const executor = { executor_id: { value: 'e' }, command };
    expect(executorWithoutSecretValues(executor)).toEqual({ executor_id: { value: 'e' }, command: shown });
    expect(healthCheckWithoutSecretValues({ type: 'COMMAND', command })).toEqual({ type: 'COMMAND', command: shown });
    // The book keeps what it takes to run it.
    expect(executor.command).toBe(command);
  });

  test('is the same without secrets, and where there is no command', () => {
    for (const executor of [
      { executor_id: { value: 'e' } },
      { executor_id: { value: 'e' }, command: { environment: { variables: [plain] } } },
    ]) {
      expect(executorWithoutSecretValues(executor)).toBe(executor);
    }
    const check = { type: 'TCP', tcp: { port: 1 } } as const;
    expect(healthCheckWithoutSecretValues(check)).toBe(check);
  });
});
