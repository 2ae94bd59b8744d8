// Where a roll-back goes that names no version.
import { describe, expect, test } from 'vitest';
import { groupRollbackOf } from '../../../src/cli/marathon/changes/rollback.ts';
import { type MarathonClient, MarathonError } from '../../../src/client/marathon.ts';

/** A Marathon whose group `/shop` had these instances of one app in each version; undefined = was not there. */
function history(versions: Readonly<Record<string, number | undefined>>) {
  const sent: unknown[] = [];
  const group = (version: string) => {
    const instances = versions[version];
    if (instances === undefined) throw new MarathonError('not-found', 'm:8080', "Group '/shop' does not exist");
    const app = { id: '/shop/web', instances, version, tasksRunning: Math.random() };
    return { id: '/shop', version, dependencies: [], apps: [app], groups: [] };
  };
  const names = Object.keys(versions);
  const marathon = {
    groupVersions: async () => names,
    group: async () => group(names[0] ?? ''),
    groupVersion: async (_: string, version: string) => group(version),
    changeGroup: async (id: string, change: unknown) => {
      sent.push([id, change]);
      return { deploymentId: 'd', version: 'v' };
    },
  } as unknown as MarathonClient;
  const back = async (wanted: string) => {
    const change = await groupRollbackOf({ marathon, force: false }, 'shop', wanted);
    await change.send();
    return sent;
  };
  return { back };
}

describe('a group', () => {
  test('goes back to where it was different, past changes elsewhere and restarts', async () => {
    expect(await history({ v5: 3, v4: 3, v3: 3, v2: 2, v1: 1 }).back('previous')).toEqual([
      ['/shop', { version: 'v2' }],
    ]);
  });
  test('goes where it is told to', async () => {
    expect(await history({ v3: 3, v2: 2, v1: 1 }).back('v1')).toEqual([['/shop', { version: 'v1' }]]);
  });
  test('that was never different stays, and does not go to where it was not yet', async () => {
    await expect(history({ v2: 1, v1: undefined }).back('previous')).rejects.toMatchObject({ exitCode: 3 });
  });
});
