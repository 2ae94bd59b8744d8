import { expect, it } from 'vitest';
import { frameworkWhyView } from '../../../src/cli/why/view.ts';
import type { FrameworkWhy, RoleWhy } from '../../../src/client/operator/why.ts';

function whyOf(absence: string | undefined): FrameworkWhy {
  const role: RoleWhy = {
    role: 'web',
    share: 0,
    role_share: 0,
    weight: 1,
    minimum: [],
    filters: 0,
    agents: 1,
    role_order: { first: [], total: 1 },
    framework_order: { first: [], total: 1 },
    verdicts: [{ verdict: 'next', agents: 1, examples: [{ agent_id: 'S0', hostname: 'one', resources: 'cpus:4' }] }],
    ...(absence !== undefined && { absence }),
  };
  return { framework_id: 'F', name: 'web', paused: false, roles: [role] };
}

it.each([
  [undefined, 'free: offered as soon as it is its turn'],
  ['suppressed', 'free'],
])('says of a free agent what the framework may hope for (%s)', (absence, words) => {
  const { body } = frameworkWhyView(whyOf(absence), 0);
  const tables = body.kind === 'details' ? (body.sections ?? []).map(({ table }) => table.rows) : [];
  expect(tables).toEqual([[['1', words, 'one: cpus:4']]]);
});
