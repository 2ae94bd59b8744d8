// An operator kills a task in its framework's stead.
import { describe, expect, it } from 'vitest';
import { task } from './support/fake-framework.ts';
import { Rig } from './support/rig.ts';

async function scene() {
  const rig = await Rig.start();
  const agent = await rig.registered('cpus:4;mem:1024');
  const framework = await rig.subscribed({});
  const { offer } = framework;
  await framework.launch(offer, task(offer, 't1'));
  return { rig, agent, framework };
}

describe('POST /mctl/v1/tasks/kill', () => {
  async function post(rig: Rig, body: string, contentType = 'application/json') {
    const { world } = await rig.world();
    return rig.request(world, 'POST', '/mctl/v1/tasks/kill', body, { 'content-type': contentType });
  }

  it('tells the agent, as the framework itself would', async () => {
    const { rig, agent, framework } = await scene();
    const answer = await post(rig, JSON.stringify({ framework_id: framework.id, task_id: 't1' }));
    expect(answer.status).toBe(202);
    await rig.pass(100);
    expect(agent.events.last('KILL').kill).toMatchObject({
      framework_id: { value: framework.id },
      task_id: { value: 't1' },
    });
  });

  it('does not find tasks and frameworks that are not there', async () => {
    const { rig, framework } = await scene();
    expect((await post(rig, JSON.stringify({ framework_id: framework.id, task_id: 't2' }))).status).toBe(404);
    expect((await post(rig, JSON.stringify({ framework_id: 'F', task_id: 't1' }))).status).toBe(404);
  });

  it('refuses what is no JSON or lacks something, and what a form on a web page could send', async () => {
    const { rig } = await scene();
    expect((await post(rig, '{')).status).toBe(400);
    expect((await post(rig, '[]')).status).toBe(400);
    expect((await post(rig, '{"framework_id":"F"}')).status).toBe(400);
    expect((await post(rig, '{}', 'text/plain')).status).toBe(415);
  });
});
