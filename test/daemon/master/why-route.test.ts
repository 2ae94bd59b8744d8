// Why a framework is offered what it is, over HTTP, and in the words of `mctl framework why`.
import { describe, expect, it } from 'vitest';
import { frameworkWhyView, whyExit } from '../../../src/cli/why/view.ts';
import type { FrameworkWhy } from '../../../src/client/operator/why.ts';
import { whyRoute } from '../../../src/daemon/master/views/why/route.ts';
import type { RoutedRequest } from '../../../src/daemon/serving/http/router.ts';
import type { Sliced } from '../../../src/daemon/serving/slices/sliced.ts';
import type { Slices } from '../../../src/daemon/serving/slices/slices.ts';
import { Rig, text } from './support/rig.ts';

async function ask(rig: Rig, query: string) {
  const { world } = await rig.world();
  const response = await rig.request(world, 'GET', `/mctl/v1/why?${query}`);
  return { status: response.status, text: text(response) };
}

const why = async (rig: Rig, frameworkId: string): Promise<FrameworkWhy> =>
  JSON.parse((await ask(rig, `framework=${frameworkId}`)).text);

describe('GET /mctl/v1/why', () => {
  it('counts the agents by what keeps them from the framework, and names some', async () => {
    const rig = await Rig.start();
    await rig.registered('cpus:4;mem:1024');
    await rig.registered('cpus:4;mem:1024;gpus:1');
    const framework = await rig.subscribed({});
    const answer = await why(rig, framework.id);
    expect(answer).toMatchObject({ framework_id: framework.id, paused: false });
    const [role] = answer.roles;
    expect(role).toMatchObject({ role: '*', agents: 2, framework_order: { position: 1, total: 1 } });
    const verdicts = role?.verdicts.map(({ verdict, agents, examples }) => [verdict, agents, examples[0]?.resources]);
    expect(verdicts?.sort()).toEqual([
      ['gpus', 1, 'cpus:4; mem:1024; gpus:1'],
      ['used', 1, ''],
    ]);
    expect(whyExit(answer)).toBe('cannotPlace');
    const { body } = frameworkWhyView(answer, 0);
    expect(JSON.stringify(body)).toContain('has GPUs, and the framework lacks GPU_RESOURCES');
  });

  it('says that a suppressed framework wants nothing', async () => {
    const rig = await Rig.start();
    await rig.registered('cpus:4;mem:1024');
    const framework = await rig.subscribed({});
    await framework.call({ type: 'SUPPRESS' });
    const answer = await why(rig, framework.id);
    expect(answer.roles[0]?.absence).toBe('suppressed');
    expect(whyExit(answer)).toBe('ok');
  });

  it('looks at a few agents at a time, in the slices that all large reads share', async () => {
    const rig = await Rig.start();
    for (let agent = 0; agent < 40; agent++) await rig.registered('cpus:4;mem:1024');
    const { id } = await rig.subscribed({});
    const works: Sliced<unknown>[] = [];
    const waiting = { run: (work: Sliced<unknown>) => new Promise(() => works.push(work)) } as unknown as Slices;
    const { state, allocator } = rig.core;
    const { handle } = whyRoute({ state, allocator, slices: waiting }, undefined);
    void handle({ query: new Map([['framework', id]]) } as unknown as RoutedRequest);
    const [work] = works;
    if (work === undefined) throw new Error('nothing was to be done');
    let steps = 1;
    while (work.next().done !== true) steps += 1;
    expect(steps).toBeGreaterThan(2);
  });

  it('names what is wrong with a question', async () => {
    const rig = await Rig.start();
    const framework = await rig.subscribed({});
    expect(await ask(rig, '')).toEqual({ status: 400, text: "Expecting 'framework' to be present" });
    expect(await ask(rig, 'framework=F')).toEqual({ status: 404, text: "There is no framework 'F'" });
    expect((await ask(rig, `framework=${framework.id}&role=eng`)).text).toContain("is not in role 'eng'");
    expect((await ask(rig, `framework=${framework.id}&examples=-1`)).status).toBe(400);
  });
});
