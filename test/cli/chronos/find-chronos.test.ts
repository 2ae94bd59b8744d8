// Which Chronos a command talks to.
import { expect, test } from 'vitest';
import { findChronos } from '../../../src/cli/chronos/find-chronos.ts';
import type { MasterClient } from '../../../src/client/operator.ts';

const master = (frameworks: readonly { name: string; webui_url?: string }[]) => async () =>
  ({
    api: { address: 'http://10.0.0.1:5050' },
    getFrameworks: async () => ({
      frameworks: frameworks.map((framework_info) => ({ framework_info, active: true, connected: true })),
    }),
  }) as unknown as MasterClient;
const target = async () => ({ chronoses: [] });
const none = { flag: undefined, isClusterGiven: false, env: {}, target, master: master([]) };

test('The flag wins over the environment, and a named cluster over that', async () => {
  const env = { MCTL_CHRONOS: '10.0.0.8:4400' };
  expect(await findChronos({ ...none, flag: '10.0.0.7:4400, 10.0.0.9:4400', env })).toEqual([
    '10.0.0.7:4400',
    '10.0.0.9:4400',
  ]);
  expect(await findChronos({ ...none, env })).toEqual(['10.0.0.8:4400']);
  const known = master([{ name: 'marathon' }, { name: 'chronos', webui_url: 'http://10.0.0.6:4400/' }]);
  expect(await findChronos({ ...none, env, isClusterGiven: true, master: known })).toEqual(['http://10.0.0.6:4400']);
});

test('One that the context or local cluster knows comes before the one that the master knows, and after the environment', async () => {
  const known = { ...none, target: async () => ({ chronoses: ['c:4400', 'd:4400'] }) };
  expect(await findChronos(known)).toEqual(['c:4400', 'd:4400']);
  const env = { MCTL_CHRONOS: 'e:4400' };
  expect(await findChronos({ ...known, env })).toEqual(['e:4400']);
  expect(await findChronos({ ...known, env, isClusterGiven: true })).toEqual(['c:4400', 'd:4400']);
});

test('None, several, one without an address, and what is no address are told apart', async () => {
  await expect(findChronos(none)).rejects.toMatchObject({
    exitCode: 8,
    text: { what: expect.stringContaining('no Chronos') },
  });
  const two = master([{ name: 'chronos' }, { name: 'chronos' }]);
  await expect(findChronos({ ...none, master: two })).rejects.toMatchObject({ exitCode: 2 });
  await expect(findChronos({ ...none, master: master([{ name: 'chronos' }]) })).rejects.toMatchObject({ exitCode: 8 });
  await expect(findChronos({ ...none, flag: 'a b' })).rejects.toMatchObject({ exitCode: 2 });
});
