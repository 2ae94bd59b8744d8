// How an agent reads for people, by `mctl agent show` and in `mctl top`.
import { expect, it } from 'vitest';
import { renderView } from '../../../src/cli/output/render.ts';
import { PLAIN } from '../../../src/cli/output/style.ts';
import { agentView } from '../../../src/cli/views/agents.ts';
import { clusterPicture } from '../../../src/cli/views/cluster-picture.ts';
import { portsText } from '../../../src/cli/views/resources.ts';
import { MasterClient } from '../../../src/client/operator.ts';
import type { Resource } from '../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../src/mesos/resources.ts';
import { agentRow } from '../../../src/tui/feeds/master/rows.ts';
import { Rig } from '../../daemon/master/support/rig.ts';

it('revocable resources are shown apart: they are no capacity of their own', async () => {
  const rig = await Rig.start();
  const { world } = await rig.world();
  const agent = await rig.agent('cpus:2;mem:512');
  const revocable = { name: 'cpus', type: 'SCALAR' as const, scalar: { value: 4 }, revocable: {} };
  await agent.subscribe({ total_resources: [...Resources.parse('cpus:2;mem:512').toMessages(), revocable] });
  const master = new MasterClient({ net: world.net, addresses: [rig.masterUrl], timeoutMs: 5_000 });
  const picture = await rig.settle(clusterPicture(master));
  const [entry] = picture.agents;
  if (entry === undefined) throw new Error('no agent');
  const text = await renderView(agentView(entry, picture, 0), 'table', PLAIN, 0);
  expect(text).toMatch(/^cpus +2 /m);
  expect(text).toMatch(/^cpus_revocable +4 /m);
  const { total, resources } = agentRow(entry.agent);
  expect([total.cpus, total.memMb]).toEqual([2, 512]);
  expect(resources).toContain('cpus(*){REV}:4');
});

it('ports are one list, whoever they are reserved to', () => {
  const ports = (begin: number, end: number, role?: string): Resource => ({
    name: 'ports',
    type: 'RANGES',
    ranges: { range: [{ begin, end }] },
    ...(role !== undefined && { reservations: [{ type: 'DYNAMIC', role }] }),
  });
  expect(portsText([ports(5, 9), ports(20, 20), ports(1, 4, 'web')])).toBe('1-9, 20');
});
