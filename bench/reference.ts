// Figures of the original (Apache Mesos 1.12-dev, g++ -O2, 2 vCPU), medians in milliseconds: its allocator driven directly,
// in process. The work behind each is described in allocator.ts. Where the recording gives a span, its middle stands here.

export interface SizeReference {
  readonly agents: number;
  readonly frameworks: number;
  readonly addAgentsBusy: number;
  readonly declineAllocate: number;
  readonly declineRecover: number;
  readonly addAgentsIdle: number;
  readonly fullCycle: number;
  readonly idleCycle: number;
  readonly recoverAll: number;
  readonly suppressAllocate: number;
  readonly allSuppressed: number;
}

const size = (agents: number, frameworks: number, figures: readonly number[]): SizeReference => {
  const figure = (index: number): number => figures[index] ?? Number.NaN;
  return {
    agents,
    frameworks,
    addAgentsBusy: figure(0),
    declineAllocate: figure(1),
    declineRecover: figure(2),
    addAgentsIdle: figure(3),
    fullCycle: figure(4),
    idleCycle: figure(5),
    recoverAll: figure(6),
    suppressAllocate: figure(7),
    allSuppressed: figure(8),
  };
};

export const SIZES: readonly SizeReference[] = [
  size(1000, 50, [138, 37, 67, 39, 24, 2, 22, 50, 5]),
  size(1000, 200, [117, 63, 89, 44, 25, 2, 19, 56, 5]),
  size(1000, 1000, [120, 81, 81, 69, 46, 3, 32, 57, 4]),
  size(5000, 200, [474, 288, 414, 280, 180, 14, 168, 283, 23]),
  size(10000, 50, [1109, 510, 637, 464, 224, 34, 248, 427, 52]),
  size(10000, 200, [921, 558, 646, 398, 264, 30, 231, 509, 80]),
  size(10000, 1000, [879, 640, 562, 507, 339, 27, 216, 579, 49]),
];

export interface RolesReference {
  readonly agents: number;
  readonly frameworks: number;
  readonly roles: number;
  readonly addAgents: number;
  readonly fullCycle: number;
  readonly idleCycle: number;
}

export const ROLES: readonly RolesReference[] = [
  { agents: 1000, frameworks: 200, roles: 20, addAgents: 87, fullCycle: 32, idleCycle: 5 },
  { agents: 1000, frameworks: 200, roles: 200, addAgents: 272, fullCycle: 47, idleCycle: 18 },
  { agents: 10000, frameworks: 200, roles: 20, addAgents: 812, fullCycle: 316, idleCycle: 44 },
  { agents: 10000, frameworks: 200, roles: 200, addAgents: 2764, fullCycle: 456, idleCycle: 174 },
  { agents: 1000, frameworks: 1000, roles: 1000, addAgents: 1280, fullCycle: 104, idleCycle: 74 },
];

/** Declining until everybody has refused every agent: rounds on the way, then the cycle in which nothing can be offered. */
export interface AllFilteredReference {
  readonly agents: number;
  readonly frameworks: number;
  readonly steady: number;
  /** Round → its cycle. */
  readonly rounds: Readonly<Record<number, number>>;
}

export const ALL_FILTERED: readonly AllFilteredReference[] = [
  { agents: 1000, frameworks: 50, steady: 405, rounds: {} },
  { agents: 1000, frameworks: 200, steady: 1675, rounds: { 50: 41, 100: 88, 150: 83, 199: 1400 } },
  { agents: 10000, frameworks: 50, steady: 4750, rounds: { 12: 600, 24: 1050, 36: 1100, 48: 2500 } },
];

/** Frameworks → time to add them all. */
export const ADD_FRAMEWORKS: Readonly<Record<number, number>> = { 50: 2, 200: 2, 1000: 19.5 };

/** LargeAndSmallQuota: roles of each kind. */
export interface QuotaReference {
  readonly small: number;
  readonly large: number;
  readonly addFrameworks: number;
  readonly firstCycle: number;
  readonly offers: number;
  readonly secondCycle: number;
}

export const QUOTA: readonly QuotaReference[] = [
  { small: 25, large: 5, addFrameworks: 2, firstCycle: 2.4, offers: 36, secondCycle: 1.9 },
  { small: 250, large: 50, addFrameworks: 110, firstCycle: 71, offers: 350, secondCycle: 51 },
  { small: 2500, large: 500, addFrameworks: 25_388, firstCycle: 13_836, offers: 3500, secondCycle: 12_295 },
];

/** Agents and frameworks of scenario F on its way up; nothing was recorded beyond 10,000 × 1,000. */
export const GROWTH: readonly { readonly agents: number; readonly frameworks: number }[] = [
  { agents: 1000, frameworks: 120 },
  { agents: 5000, frameworks: 600 },
  { agents: 10_000, frameworks: 1200 },
  { agents: 50_000, frameworks: 6000 },
];
