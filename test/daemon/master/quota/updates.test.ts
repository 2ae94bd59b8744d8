import { describe, expect, it } from 'vitest';
import { task } from '../support/fake-framework.ts';
import { Rig } from '../support/rig.ts';
import { config, QuotaOperator } from './support.ts';

const OK = [200, ''];

async function started(...flags: string[]) {
  const rig = await Rig.start(...flags);
  const operator = await QuotaOperator.of(rig);
  return { rig, operator };
}

describe('UPDATE_QUOTA', () => {
  it('sets, replaces and removes quotas, all of a call or none', async () => {
    const { rig, operator } = await started();
    await rig.registered('cpus:8;mem:4096');
    const dev = config('dev', { cpus: 1, mem: 512 }, { cpus: 2, mem: 1024 });
    expect(await operator.update([dev, config('qa', {}, { cpus: 0 })])).toEqual(OK);
    expect(await operator.configs()).toEqual([dev, { role: 'qa', limits: { cpus: { value: 0 } } }]);
    expect(await operator.update([config('dev', {}), config('nn/x', {})])).toEqual([
      400,
      "Updating quota on nested role 'nn/x' is not supported yet",
    ]);
    expect(await operator.update([config('dev', { cpus: 2 }), config('qa', {})])).toEqual(OK);
    expect(await operator.configs()).toEqual([{ role: 'dev', guarantees: { cpus: { value: 2 } } }]);
    expect(await operator.update([config('dev', {}), config('dev', { cpus: 3.0004 })])).toEqual(OK);
    expect(await operator.configs()).toEqual([{ role: 'dev', guarantees: { cpus: { value: 3 } } }]);
  });

  it('shows them in both forms, and with what counts against them, in GET_QUOTA, /quota and /roles', async () => {
    const { rig, operator } = await started();
    await rig.registered('cpus(dev):2;cpus:6;mem:4096');
    const framework = await rig.subscribed({ roles: ['dev/web'] });
    await framework.launch(framework.offer, task(framework.offer, 't1'));
    await operator.update([config('dev', { cpus: 3, gpus: 0 }, { cpus: 4 })]);
    const infos = [{ role: 'dev', guarantee: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 3 } }] }];
    const configs = [{ role: 'dev', guarantees: { cpus: { value: 3 } }, limits: { cpus: { value: 4 } } }];
    expect(JSON.parse((await operator.legacy('GET', '/quota'))[1])).toEqual({ infos, configs });
    const roles: { name: string; quota: object }[] = JSON.parse((await operator.legacy('GET', '/roles'))[1]).roles;
    expect(roles.find(({ name }) => name === 'dev')?.quota).toEqual({
      role: 'dev',
      guarantee: { cpus: 3 },
      limit: { cpus: 4 },
      consumed: { cpus: 3, mem: 128 },
    });
    const metrics: Record<string, number> = JSON.parse((await operator.legacy('GET', '/metrics/snapshot'))[1]);
    const prefix = 'allocator/mesos/quota/roles/dev/resources';
    const told = Object.entries(metrics).filter(([name]) => name.startsWith(prefix));
    expect(Object.fromEntries(told)).toEqual({
      [`${prefix}/cpus/guarantee`]: 3,
      [`${prefix}/cpus/limit`]: 4,
      [`${prefix}/cpus/offered_or_allocated`]: 1,
      [`${prefix}/cpus/consumed`]: 3,
      [`${prefix}/mem/consumed`]: 128,
    });
  });

  it('that guarantees more than there is needs force', async () => {
    const { rig, operator } = await started();
    await rig.registered('cpus:8;mem:4096;disk:8192');
    await operator.update([config('dev', { cpus: 5 })]);
    const more = [config('qa', { cpus: 4 }, { cpus: 4 })];
    expect(await operator.update(more)).toEqual([
      400,
      "Invalid QuotaConfig: total quota guarantees 'cpus:9' exceed cluster capacity 'cpus:8; disk:8192; mem:4096' (use 'force' flag to bypass this check)",
    ]);
    expect(await operator.update(more, true)).toEqual(OK);
    expect(await operator.configs()).toHaveLength(2);
  });

  it('below what is used needs force, and never ends a task', async () => {
    const { rig, operator } = await started();
    await rig.registered('cpus:8;mem:4096');
    const framework = await rig.subscribed({ roles: ['dev/web'] });
    await framework.launch(framework.offer, task(framework.offer, 't1'));
    expect(await operator.update([config('dev', {}, { cpus: 0.5, mem: 64 })])).toEqual([
      400,
      "Invalid QuotaConfig: Role 'dev' is already consuming 'cpus:1; mem:128'; this is more than the requested limits 'cpus:0.5; mem:64' (use 'force' flag to bypass this check)",
    ]);
    expect(await operator.update([config('dev', {}, { cpus: 0.5 })], true)).toEqual(OK);
    await rig.pass(5_000);
    expect(framework.statuses).toEqual([]);
    expect(rig.core.state.frameworks.get(framework.id)?.tasks.size).toBe(1);
  });

  it.each([
    [config('other', {}), "Invalid QuotaConfig: 'other' is not on the roles whitelist"],
    [
      config('dev', { cpus: 2 }, { cpus: 1 }),
      "Invalid QuotaConfig: 'QuotaConfig.guarantees' { cpus: 2 } is not contained within the 'QuotaConfig.limits' { cpus: 1 }",
    ],
    [
      config('dev', { cpus: -1 }),
      "Invalid QuotaConfig: Invalid guarantee configuration {'cpus': -1}: Negative values not supported",
    ],
    [
      config('dev', {}, { mem: 1024 ** 4 + 1 }),
      "Invalid QuotaConfig: Invalid 'QuotaConfig.limits': {'mem': 1099511627777} is invalid: values greater than 1 exabyte (1099511627776) are not supported",
    ],
    [
      config('dev', { cpus: 2e12 }),
      "Invalid QuotaConfig: Invalid 'QuotaConfig.guarantees': {'cpus': 2000000000000} is invalid: values greater than 1 trillion (1000000000000) are not supported",
    ],
  ])('refuses %j', async (given, why) => {
    const { operator } = await started('--roles=dev');
    expect(await operator.update([given], true)).toEqual([400, why]);
    expect(await operator.configs()).toEqual([]);
  });

  it('looks at each of two calls at the same time beside what the other made of the quotas', async () => {
    const { rig, operator } = await started();
    await rig.registered('cpus:8;mem:4096');
    const update = (role: string) => ({
      type: 'UPDATE_QUOTA',
      update_quota: { quota_configs: [config(role, { cpus: 5 })] },
    });
    const answers = await operator.callTogether(update('a'), update('b'));
    expect(answers.map(([status]) => status).sort()).toEqual([200, 400]);
    expect(await operator.configs()).toHaveLength(1);
  });
});

describe('the calls before it', () => {
  it('set a guarantee that is the limit too, once, and remove it', async () => {
    const { rig, operator } = await started();
    await rig.registered('cpus:8;mem:4096');
    const request = { role: 'dev', guarantee: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 2 } }] };
    const post = (body: object) => operator.legacy('POST', '/quota', JSON.stringify(body));
    expect(await post(request)).toEqual(OK);
    const amounts = { cpus: { value: 2 } };
    expect(await operator.configs()).toEqual([{ role: 'dev', guarantees: amounts, limits: amounts }]);
    expect(await operator.call({ type: 'SET_QUOTA', set_quota: { quota_request: request } })).toEqual([
      400,
      "Failed to validate set quota request: Cannot set quota for role 'dev' which already has quota",
    ]);
    const large = { role: 'qa', guarantee: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 7 } }] };
    expect(await post(large)).toEqual([
      409,
      "Quota guarantees overcommit the cluster (use 'force' to bypass this check): Total quota guarantees 'cpus:9' exceed cluster capacity 'cpus:8; mem:4096'",
    ]);
    expect(await post({ ...large, force: true })).toEqual(OK);
    expect(await operator.legacy('DELETE', '/quota/qa')).toEqual(OK);
    expect(await operator.call({ type: 'REMOVE_QUOTA', remove_quota: { role: 'dev' } })).toEqual(OK);
    expect(await operator.configs()).toEqual([]);
    expect(await operator.legacy('DELETE', '/quota/qa')).toEqual([
      400,
      "Failed to remove quota for path '/master/quota/qa': Role 'qa' has no quota set",
    ]);
    expect(await operator.call({ type: 'REMOVE_QUOTA', remove_quota: { role: 'dev' } })).toEqual([
      400,
      "Failed to remove quota: Role 'dev' has no quota set",
    ]);
  });

  it.each([
    ['{"guarantee":[]}', 'QuotaInfo must specify a role'],
    ['{"role":"/a"}', "QuotaInfo with invalid role: Role '/a' cannot start with a slash"],
    ['{"role":"a"}', "QuotaInfo with empty 'guarantee'"],
    [
      '{"role":"a","guarantee":[{"name":"ports","type":"RANGES","ranges":{}}]}',
      'QuotaInfo must not include non-scalar resources',
    ],
    [
      '{"role":"a","guarantee":[{"name":"cpus","type":"SCALAR","scalar":{"value":1},"role":"b"}]}',
      'QuotaInfo must not contain any ReservationInfo',
    ],
    [
      '{"role":"a","guarantee":[{"name":"cpus","type":"SCALAR","scalar":{"value":1},"revocable":{}}]}',
      'QuotaInfo must not contain RevocableInfo',
    ],
    [
      '{"role":"a","guarantee":[{"name":"c","type":"SCALAR","scalar":{"value":1}},{"name":"c","type":"SCALAR","scalar":{"value":1}}]}',
      "QuotaInfo contains duplicate resource name 'c'",
    ],
    [
      '{"role":"a","guarantee":[{"name":"c","type":"SCALAR","scalar":{"value":-1}}]}',
      "QuotaInfo with invalid resource: Resource 'c:-1' is invalid: Invalid scalar resource: value <= 0",
    ],
    ['{"role":"other","guarantee":[{"name":"c","type":"SCALAR","scalar":{"value":1}}]}', "Unknown role 'other'"],
  ])('refuse %s', async (body, why) => {
    const { operator } = await started('--roles=a,b');
    expect(await operator.legacy('POST', '/quota', body)).toEqual([
      400,
      `Failed to validate set quota request: ${why}`,
    ]);
  });

  it('refuse what is no such request, and paths without a role or with one that is not allowed', async () => {
    const { operator } = await started('--roles=a');
    expect(await operator.legacy('POST', '/quota', 'xx')).toEqual([
      400,
      "Failed to parse set quota request JSON 'xx': syntax error at line 1 near: xx",
    ]);
    expect((await operator.legacy('POST', '/quota', '{"role":5}'))[1]).toContain(
      'Failed to validate set quota request JSON',
    );
    expect(await operator.legacy('DELETE', '/quota')).toEqual([
      400,
      "Failed to parse remove quota request for path '/master/quota': expected 3 tokens, found 2 tokens",
    ]);
    expect(await operator.legacy('DELETE', '/master/quota/eng/web')).toEqual([
      400,
      "Failed to validate remove quota request for path '/master/quota/eng/web': Unknown role 'eng/web'",
    ]);
  });
});
