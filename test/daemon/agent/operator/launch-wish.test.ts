import { expect, test } from 'vitest';
import type { AgentContext } from '../../../../src/daemon/agent/context.ts';
import { configOf } from '../../../../src/daemon/agent/operator/launch-wish.ts';
import type { CommandInfo, Environment_Variable } from '../../../../src/mesos/generated/v1.ts';

const context = {
  options: { switchUser: true, executorEnvironmentVariables: undefined },
  world: { host: { currentUser: 'root' } },
  layout: { runtimeContainer: (key: string) => `/run/${key}` },
} as unknown as AgentContext;

function environmentOf(variables: Environment_Variable[], isSession = false) {
  const command: CommandInfo = { value: 'serve', environment: { variables } };
  const wish = { container_id: { value: 'c' }, command };
  return configOf(wish, { context, parent: undefined, sandbox: '/sandbox', isSession }).environment;
}

test('the command of an operator sees its own variables, secret ones too, over what all get', () => {
  const secret: Environment_Variable = {
    name: 'KEY',
    type: 'SECRET',
    secret: { type: 'VALUE', value: { data: 'czNjcjN0' } },
  };
  const own = { COLOUR: 'blue', KEY: 's3cr3t' };
  expect(environmentOf([{ name: 'COLOUR', value: 'blue' }, secret])).toEqual({
    PATH: expect.stringContaining('/bin'),
    MESOS_SANDBOX: '/sandbox',
    ...own,
  });
  expect(environmentOf([{ name: 'COLOUR', value: 'blue' }, secret], true)).toEqual(own);
});

test('a secret that is only named is refused, and not passed as an empty one', () => {
  const variable: Environment_Variable = {
    name: 'KEY',
    type: 'SECRET',
    secret: { type: 'REFERENCE', reference: { name: 'x' } },
  };
  expect(() => environmentOf([variable])).toThrow("'KEY' is a reference to a secret");
});
