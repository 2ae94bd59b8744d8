// Apps, offers and placed instances in a line each.
import type { MatchContext } from '../../../../src/daemon/marathon/matching/match.ts';
import { matchOffer } from '../../../../src/daemon/marathon/matching/match-offer.ts';
import { type OfferView, viewOffer } from '../../../../src/daemon/marathon/matching/offer-view.ts';
import { PlacedInstances } from '../../../../src/daemon/marathon/matching/placed-instances.ts';
import type { App, Constraint, PortDefinition, PortMapping } from '../../../../src/daemon/marathon/model/app.ts';
import type { PathId } from '../../../../src/daemon/marathon/model/path-id.ts';
import type { Timestamp } from '../../../../src/daemon/marathon/model/time.ts';
import type { Attribute, Offer, Resource } from '../../../../src/mesos/generated/v1.ts';
import { Resources } from '../../../../src/mesos/resources.ts';
import { parseAttributes } from '../../../../src/mesos/text/attributes.ts';

export const NOW_MS = Date.parse('2021-01-01T00:00:00Z');

/** A linear congruential generator: the same numbers for the same seed. */
export function seeded(seed = 1): { integer(below: number): number } {
  let state = seed >>> 0;
  return {
    integer(below) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    },
  };
}

export function context(changes: Partial<MatchContext> = {}): MatchContext {
  return {
    nowMs: NOW_MS,
    random: seeded(),
    acceptedResourceRolesDefaultBehavior: 'any',
    maintenanceMode: true,
    drainingSeconds: 0,
    gpuSchedulingBehavior: 'restricted',
    executor: '//cmd',
    ...changes,
  };
}

export function app(changes: Partial<App> = {}): App {
  const version = '2021-01-01T00:00:00.000Z' as Timestamp;
  return {
    id: '/product/web' as PathId,
    cmd: 'sleep 100',
    args: [],
    env: {},
    instances: 1,
    cpus: 1,
    mem: 128,
    disk: 0,
    gpus: 0,
    executor: '',
    constraints: [],
    fetch: [],
    networks: [{ mode: 'host', labels: {} }],
    ...(changes.container?.portMappings === undefined && { portDefinitions: [] }),
    requirePorts: false,
    healthChecks: [],
    readinessChecks: [],
    backoffSeconds: 1,
    backoffFactor: 1.15,
    maxLaunchDelaySeconds: 300,
    dependencies: [],
    upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
    labels: {},
    role: '*',
    killSelection: 'YOUNGEST_FIRST',
    unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
    secrets: {},
    version,
    versionInfo: { lastScalingAt: version, lastConfigChangeAt: version },
    ...changes,
  };
}

export function constraint(field: string, operator: Constraint['operator'], value?: string): Constraint {
  return { field, operator, ...(value !== undefined && { value }) };
}

export function port(number: number, changes: Partial<PortDefinition> = {}): PortDefinition {
  return { port: number, protocol: 'tcp', labels: {}, ...changes };
}

export function mapping(containerPort: number, changes: Partial<PortMapping> = {}): PortMapping {
  return { containerPort, servicePort: 0, protocol: 'tcp', labels: {}, networkNames: [], ...changes };
}

export interface OfferShape {
  readonly host?: string;
  readonly role?: string;
  readonly resources?: string | readonly Resource[];
  readonly attributes?: string | readonly Attribute[];
  readonly region?: string;
  readonly zone?: string;
  readonly unavailability?: Offer['unavailability'];
}

export const PLENTY = 'cpus:8;mem:4096;disk:10000;ports:[31000-31999]';

/** Of plenty, unless told otherwise. */
export function offer(shape: OfferShape = {}): Offer {
  const { host = 'h1', role = '*', resources = PLENTY, attributes = '', region, zone = 'z', unavailability } = shape;
  const messages = typeof resources === 'string' ? Resources.parse(resources).toMessages() : resources;
  return {
    id: { value: 'o1' },
    framework_id: { value: 'f' },
    agent_id: { value: `agent-${host}` },
    hostname: host,
    allocation_info: { role },
    resources: messages.map((each) => ({ ...each, allocation_info: { role } })),
    attributes: typeof attributes === 'string' ? parseAttributes(attributes) : [...attributes],
    ...(region !== undefined && { domain: { fault_domain: { region: { name: region }, zone: { name: zone } } } }),
    ...(unavailability !== undefined && { unavailability }),
  };
}

export const view = (shape: OfferShape = {}): OfferView => viewOffer(offer(shape));

/** Instances of the app, one a value of `field`. */
export function placedAt(of: Pick<App, 'constraints'>, field: string, values: readonly string[]): PlacedInstances {
  const placed = new PlacedInstances(of);
  for (const [i, value] of values.entries()) {
    placed.add(`i${i}`, {
      host: field.endsWith('hostname') ? value : 'elsewhere',
      attributes: [{ name: field, type: 'TEXT', text: { value } }],
      ...(field === '@region' && { region: value }),
      ...(field === '@zone' && { zone: value }),
    });
  }
  return placed;
}

/** Reasons of the refusal; empty when it matches. */
export function reasons(
  shape: OfferShape,
  of: Partial<App> = {},
  changes: Partial<MatchContext> = {},
  placed?: PlacedInstances,
): readonly string[] {
  const wanted = app(of);
  const answer = matchOffer(view(shape), wanted, placed ?? new PlacedInstances(wanted), context(changes));
  return answer.kind === 'match' ? [] : answer.reasons;
}
