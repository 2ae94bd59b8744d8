// Waiting for the end of a container, beside containers that are only told to exist.
import { expect, test } from 'vitest';
import type { ContainerExit } from '../../../../src/daemon/agent/containers/containerizer.ts';
import type { AgentContext } from '../../../../src/daemon/agent/context.ts';
import { OperatorContainers } from '../../../../src/daemon/agent/operator/operator-containers.ts';

function scene() {
  let tell: (exit: ContainerExit) => void = () => undefined;
  const context = {
    world: { disk: {} },
    layout: { operatorRecords: '/records' },
    containerizer: {
      onExit: (fn: typeof tell) => {
        tell = fn;
      },
      find: (containerId: string) => (containerId === 'there' ? { phase: 'running' } : undefined),
    },
  } as unknown as AgentContext;
  return { operators: new OperatorContainers(context), tell: (exit: ContainerExit) => tell(exit) };
}

test('everybody who waits for a container is told how it ended, nobody for one that is not there', async () => {
  const { operators, tell } = scene();
  const waiting = [operators.wait({ value: 'there' }), operators.wait({ value: 'there' })];
  expect(await operators.wait({ value: 'elsewhere' })).toBe('not-found');
  const exit: ContainerExit = { containerId: 'there', status: { kind: 'exited', code: 3 } };
  tell(exit);
  expect(await Promise.all(waiting)).toEqual([exit, exit]);
});

test('when too many wait the first is sent away, and those that come can wait all the same', async () => {
  const { operators, tell } = scene();
  const waiting = Array.from({ length: 10_001 }, () => operators.wait({ value: 'there' }));
  expect(await waiting[0]).toBe('too-many');
  tell({ containerId: 'there', status: { kind: 'exited', code: 0 } });
  const results = await Promise.all(waiting);
  expect(results.filter((result) => typeof result === 'object')).toHaveLength(10_000);
});
