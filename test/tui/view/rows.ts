// Rows for tests of the view and of screens: everything has a default, a test names what it is about.
import { noAmounts } from '../../../src/tui/view/amounts.ts';
import type {
  AgentRow,
  FrameworkRow,
  JobRow,
  OfferEvent,
  OfferRow,
  ShareRow,
  TaskRow,
} from '../../../src/tui/view/model.ts';
import { taskKey } from '../../../src/tui/view/task-ids.ts';

/** Some instant; tests count from here. */
export const NOW = 1_800_000_000_000;

export function amounts(cpus = 0, memMb = 0, diskMb = 0, gpus = 0) {
  return { cpus, memMb, diskMb, gpus };
}

export function agent(id: string, change: Partial<AgentRow> = {}): AgentRow {
  return {
    id,
    hostname: `${id}.example`,
    address: `${id}.example:5051`,
    region: undefined,
    zone: undefined,
    version: '1.11.0',
    state: 'active',
    registeredMs: NOW - 3_600_000,
    reregisteredMs: undefined,
    total: amounts(8, 16_384, 100_000),
    allocated: noAmounts(),
    offered: noAmounts(),
    attributes: [],
    resources: [],
    taskCount: 0,
    ...change,
  };
}

export function framework(id: string, change: Partial<FrameworkRow> = {}): FrameworkRow {
  return {
    id,
    name: id,
    user: 'root',
    roles: ['*'],
    principal: undefined,
    hostname: 'scheduler.example',
    webuiUrl: undefined,
    state: 'active',
    registeredMs: NOW - 7_200_000,
    capabilities: ['MULTI_ROLE'],
    allocated: noAmounts(),
    offered: noAmounts(),
    taskCount: 0,
    offersSent: 0,
    ...change,
  };
}

export function task(frameworkId: string, id: string, agentId: string, change: Partial<TaskRow> = {}): TaskRow {
  return {
    key: taskKey(frameworkId, id),
    id,
    frameworkId,
    agentId,
    executorId: undefined,
    name: id,
    role: '*',
    state: 'TASK_RUNNING',
    healthy: undefined,
    amounts: amounts(0.1, 32),
    startedMs: NOW - 60_000,
    changedMs: NOW - 50_000,
    message: '',
    reason: undefined,
    ...change,
  };
}

/** Scheduled, well and idle. */
export function job(id: string, change: Partial<JobRow> = {}): JobRow {
  return {
    id,
    kind: change.parents === undefined ? 'scheduled' : 'dependent',
    status: 'success',
    state: 'idle',
    nextRunMs: change.parents === undefined ? NOW + 300_000 : undefined,
    schedule: change.parents === undefined ? 'R/2027-01-15T02:00:00Z/P1D' : '',
    parents: [],
    isDisabled: false,
    unplaceable: undefined,
    ...change,
  };
}

export function offer(id: string, frameworkId: string, agentId: string, change: Partial<OfferRow> = {}): OfferRow {
  return { id, frameworkId, agentId, role: '*', amounts: amounts(2, 1024), ports: '', sentMs: NOW - 5000, ...change };
}

export function offerEvent(
  kind: OfferEvent['kind'],
  offerId: string,
  frameworkId: string,
  agentId: string,
  change: Partial<OfferEvent> = {},
): OfferEvent {
  return {
    atMs: NOW - 1000,
    kind,
    offerId,
    frameworkId,
    agentId,
    role: '*',
    amounts: amounts(2, 1024),
    refuseSeconds: undefined,
    operations: undefined,
    ...change,
  };
}

export function share(role: string, frameworkId: string | undefined, change: Partial<ShareRow> = {}): ShareRow {
  return {
    id: frameworkId === undefined ? role : `${role}/${frameworkId}`,
    kind: frameworkId === undefined ? 'role' : 'framework',
    role,
    frameworkId,
    weight: 1,
    dominantShare: 0,
    dominantResource: 'cpus',
    allocated: noAmounts(),
    isSuppressed: false,
    filterCount: 0,
    nextFilterEndsMs: undefined,
    position: undefined,
    reason: '',
    ...change,
  };
}
