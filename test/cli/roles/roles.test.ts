// `mctl role` against a real master on a simulated machine: what is typed, what becomes of it, how it reads.
import { describe, expect, it } from 'vitest';
import { renderView } from '../../../src/cli/output/render.ts';
import { PLAIN } from '../../../src/cli/output/style.ts';
import { parseMegabytes } from '../../../src/cli/output/units.ts';
import type { View } from '../../../src/cli/output/view.ts';
import { parseAmounts, quantitiesText } from '../../../src/cli/roles/amounts.ts';
import { parseWeight, setQuota } from '../../../src/cli/roles/change.ts';
import { quotaListView, quotaView, roleListView, roleView, weightView } from '../../../src/cli/roles/views.ts';
import { readRoles } from '../../../src/client/operator/roles.ts';
import { MasterClient } from '../../../src/client/operator.ts';
import { task } from '../../daemon/master/support/fake-framework.ts';
import { Rig } from '../../daemon/master/support/rig.ts';

async function client(rig: Rig): Promise<MasterClient> {
  const { world } = await rig.world();
  return new MasterClient({ net: world.net, addresses: [rig.masterUrl], timeoutMs: 5_000 });
}

const shown = async (view: View): Promise<string[]> =>
  (await renderView(view, 'table', PLAIN, 0)).split('\n').map((line) => line.replace(/ +/g, ' ').trim());

describe('mctl role', () => {
  it('sets quotas and weights, and shows them with what the roles have', async () => {
    const rig = await Rig.start();
    const master = await client(rig);
    await rig.registered('cpus(eng):1;cpus:7;mem:4096');
    const framework = await rig.subscribed({ roles: ['eng/web'] });
    await framework.launch(framework.offer, task(framework.offer, 't1'));
    const quota = await rig.settle(
      setQuota(master, {
        role: 'eng',
        guarantees: parseAmounts('guarantee', 'cpus:2,mem:1GB'),
        limits: parseAmounts('limit', 'cpus:4; gpus:0'),
        force: false,
      }),
    );
    expect(await shown(quotaView('eng', quota))).toEqual([
      'Role: eng',
      'Guaranteed: cpus 2, mem 1024 MB',
      'Limits: cpus 4, gpus 0',
      'Consumed: cpus 2, mem 128 MB',
    ]);
    await rig.settle(master.setWeight('eng', 2.5));
    const weights = await rig.settle(master.getWeights());
    expect(await shown(weightView(weights))).toEqual(['ROLE WEIGHT', 'eng 2.5']);
    const roles = await rig.settle(master.getRoles());
    expect(await shown(roleListView(roles))).toEqual([
      'ROLE WEIGHT FRAMEWORKS CPUS MEM QUOTA',
      'eng 2.5 0 1 128 MB cpus 2 of 2-4, gpus 0 of 0-0, mem 128 MB of 1024 MB+',
      'eng/web 1 1 1 128 MB -',
    ]);
    expect(await shown(quotaListView(roles))).toEqual([
      'ROLE RESOURCE GUARANTEED LIMIT CONSUMED',
      'eng cpus 2 4 2',
      'eng gpus - 0 0',
      'eng mem 1024 MB - 128 MB',
    ]);
    const [eng] = roles;
    if (eng === undefined) throw new Error('no role');
    expect(roleView(eng, roles).data).toMatchObject({ role: 'eng', weight: 2.5, quota: { consumed: { cpus: 2 } } });
    expect(await shown(roleView(eng, roles))).toEqual(
      expect.arrayContaining(['Weight: 2.5', 'Reserved: cpus 1', 'Roles beneath', 'eng/web 1 1 1 128 MB -']),
    );
  });

  it('says what does not fit and that force would set it, and leaves other refusals in the words of the master', async () => {
    const rig = await Rig.start();
    const master = await client(rig);
    const wanted = { role: 'web', guarantees: { cpus: { value: 4 } }, limits: {} };
    await expect(rig.settle(setQuota(master, { ...wanted, force: false }))).rejects.toMatchObject({
      exitCode: 4,
      text: {
        what: "The quota of role 'web' does not fit the cluster.",
        why: "Total quota guarantees 'cpus:4' exceed cluster capacity '{}'",
        next: 'Add --force to set it all the same.',
      },
    });
    await expect(rig.settle(setQuota(master, { ...wanted, force: true }))).resolves.toMatchObject({
      guarantees: { cpus: 4 },
    });
    await expect(rig.settle(setQuota(master, { ...wanted, role: 'a/b', force: true }))).rejects.toMatchObject({
      exitCode: 2,
      text: { why: "Updating quota on nested role 'a/b' is not supported yet." },
    });
    await expect(setQuota(master, { ...wanted, role: 'a b', force: true })).rejects.toMatchObject({ exitCode: 2 });
    await expect(
      rig.settle(setQuota(master, { ...wanted, limits: { cpus: { value: 3 } }, force: true })),
    ).rejects.toMatchObject({ exitCode: 2, text: { what: 'The guarantee of cpus 4 is above the limit of 3.' } });
    const none = { role: 'web', guarantees: {}, limits: {}, force: true };
    expect(await rig.settle(setQuota(master, none))).toBeUndefined();
  });

  it('does not let a misspelt resource into a quota, unless that is insisted on', async () => {
    const rig = await Rig.start();
    const master = await client(rig);
    await rig.registered('cpus:8;mem:4096;licenses:3;ports:[1-9]');
    const set = (limits: string, force = false) =>
      rig.settle(setQuota(master, { role: 'web', guarantees: {}, limits: parseAmounts('limit', limits), force }));
    await expect(set('cpu:4')).rejects.toMatchObject({
      exitCode: 4,
      text: {
        what: "No agent has an amount of 'cpu'.",
        why: "Amounts are of cpus, mem, disk, gpus, licenses. Did you mean 'cpus'?",
      },
    });
    await expect(set('cpus:4,memory:1024')).rejects.toMatchObject({ exitCode: 4 });
    await expect(set('ports:4')).rejects.toMatchObject({ exitCode: 4 });
    expect(await rig.settle(master.getRoles())).toEqual([]);
    await expect(set('cpus:4,gpus:0,licenses:2')).resolves.toMatchObject({ limits: { licenses: 2, gpus: 0 } });
    await expect(set('cpu:4', true)).resolves.toMatchObject({ limits: { cpu: 4 } });
  });

  it.each(['cpus', 'cpus:', 'cpus:x', 'cpus:-1', 'cpus:4GB', 'mem:4PB', 'cpus:1,cpus:2', ''])(
    'does not take %j for amounts',
    (given) => {
      expect(() => parseAmounts('limit', given)).toThrow(expect.objectContaining({ exitCode: 2 }));
    },
  );

  it('takes memory and disk in the units that --mem takes, MB where there is none', () => {
    expect(parseAmounts('limit', 'mem:512,disk:1.5TB,cpus:0.5')).toEqual({
      mem: { value: 512 },
      disk: { value: 1_572_864 },
      cpus: { value: 0.5 },
    });
    expect(['64', '64m', '2 GB', '1t', '512k'].map(parseMegabytes)).toEqual([64, 64, 2048, 1_048_576, 0.5]);
    expect(['', '-5', '1PB', 'GB'].map(parseMegabytes)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('does not take what is no weight', () => {
    expect(parseWeight('0.5')).toBe(0.5);
    for (const given of ['0', '-1', 'x', '']) expect(() => parseWeight(given)).toThrow('is not a weight');
  });

  it('reads the roles of masters that tell less', () => {
    const roles = [{ name: '*', weight: 1, frameworks: ['F'], resources: { cpus: 2, ports: '[1-2]' } }];
    expect(readRoles({ roles }, 'there')).toEqual([
      { id: '*', weight: 1, frameworkIds: ['F'], allocated: { cpus: 2 }, offered: {}, reserved: {}, quota: undefined },
    ]);
    expect(() => readRoles({}, 'there')).toThrow('without roles');
    expect(quantitiesText({})).toBeUndefined();
  });
});
