// The work of the original's LargeAndSmallQuota benchmark: agents cpus:2;mem:2048;disk:2048, one framework for each role;
// small roles are guaranteed, and limited to, cpus:1;mem:1024;disk:1024, large ones four times that. Agents first, then paused,
// frameworks, quota, resumed: one cycle that meets everybody's guarantee, one that has nothing to give.
import { HierarchicalAllocator, type OfferedResources } from '../src/allocator/allocator.ts';
import { Resources } from '../src/mesos/resources.ts';
import { QUOTA } from './reference.ts';
import { type BenchOptions, type BenchRow, median, row, timed } from './row.ts';

const TOTAL = 'cpus:2;mem:2048;disk:2048';
const SMALL = { cpus: 1, mem: 1024, disk: 1024 };
const LARGE = { cpus: 4, mem: 4096, disk: 4096 };

export function* quotaRows(
  { quick, note }: BenchOptions,
  capabilities: ReadonlySet<string>,
  shuffle: <T>(items: T[]) => T[],
): Generator<BenchRow> {
  note('quota: warming up');
  for (let i = 0; i < 10; i++) pass(100, 20, 140, capabilities, shuffle);
  for (const { small, large, addFrameworks, firstCycle, offers, secondCycle } of quick ? QUOTA.slice(0, 2) : QUOTA) {
    const at = `${small}+${large}`;
    note(`quota ${at}`);
    // What takes a fraction of a millisecond says nothing when it is done three times.
    const passes = Array.from({ length: small < 100 ? 25 : 3 }, () =>
      pass(small, large, offers, capabilities, shuffle),
    );
    yield row(`Q add frameworks ${at}`, median(passes.map((times) => times.add)), addFrameworks, 'ms');
    yield row(`Q first cycle ${at}`, median(passes.map((times) => times.first)), firstCycle, 'ms');
    yield row(`Q second cycle ${at}`, median(passes.map((times) => times.second)), secondCycle, 'ms');
  }
}

function pass(
  small: number,
  large: number,
  expectedOffers: number,
  capabilities: ReadonlySet<string>,
  shuffle: <T>(items: T[]) => T[],
): { readonly add: number; readonly first: number; readonly second: number } {
  const allocator = new HierarchicalAllocator({ shuffle });
  const agents = small / 5 + large * 5;
  for (let i = 0; i < agents; i++) {
    const hostname = `agent${i}`;
    allocator.addAgent(hostname, { hostname, attributes: [], capabilities, total: Resources.parse(TOTAL), used: [] });
  }
  allocator.allocate(0, { batch: false });
  allocator.pause();
  const roles = [
    ...Array.from({ length: small }, (_, i) => ({ role: `small${i}`, quota: SMALL })),
    ...Array.from({ length: large }, (_, i) => ({ role: `large${i}`, quota: LARGE })),
  ];
  const add = timed(() => {
    for (const { role } of roles) {
      allocator.addFramework(`framework ${role}`, {
        roles: [role],
        capabilities: new Set(['MULTI_ROLE']),
        active: true,
      });
    }
  });
  for (const { role, quota } of roles) allocator.setQuota(role, { guarantees: quota, limits: quota });
  allocator.resume();
  let offers: OfferedResources[] = [];
  const first = timed(() => {
    offers = allocator.allocate(1000, { batch: true });
  });
  let more: OfferedResources[] = [];
  const second = timed(() => {
    more = allocator.allocate(2000, { batch: true });
  });
  if (offers.length !== expectedOffers) throw new Error(`${offers.length} offers instead of ${expectedOffers}`);
  if (more.length !== 0) throw new Error(`${more.length} offers though every role has reached its limit`);
  for (const { role, quota } of roles) {
    const { cpus, mem, disk } = allocator.quotaConsumption(role);
    if (cpus !== quota.cpus || mem !== quota.mem || disk !== quota.disk) {
      throw new Error(`${role} has cpus ${cpus}, mem ${mem}, disk ${disk}`);
    }
  }
  return { add, first, second };
}
