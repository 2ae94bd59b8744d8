import { describe, expect, test } from 'vitest';
import type { ContainerInfo, Secret } from '../../src/mesos/generated/v1.ts';
import { withoutSecretValues } from '../../src/mesos/secrets.ts';

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
