// Resource limits and capabilities that a container asks for (mesos-api.md 12.7; mesos-semantics.md 10.2), as the tools
// that set them name them.
import type { CapabilityInfo, LinuxInfo, RLimitInfo } from '../../../../mesos/generated/v1.ts';
import type { Confinement, ProcessLimit } from '../../../../world/confinement.ts';
import { ContainerError } from '../containerizer.ts';

const LIMIT_PREFIX = 'RLMT_';

/** Throws ContainerError for one without a type, with half of its values, or with more soft than hard. */
export function limitsOfInfo(info: RLimitInfo | undefined): readonly ProcessLimit[] {
  return (info?.rlimits ?? []).map(({ type, soft, hard }) => {
    if (type === undefined || !type.startsWith(LIMIT_PREFIX)) throw refused('A resource limit has no known type');
    if ((soft === undefined) !== (hard === undefined)) {
      throw refused(`The resource limit ${type} must have both a soft and a hard value, or neither`);
    }
    if (soft !== undefined && hard !== undefined && soft > hard) {
      throw refused(`The soft value of the resource limit ${type} is more than the hard one`);
    }
    return { name: type.slice(LIMIT_PREFIX.length).toLowerCase(), soft: finite(soft), hard: finite(hard) };
  });
}

/** RLIM_INFINITY is the greatest number of 64 bits, and a double beside it; what is near it is no less unlimited. */
const finite = (value: number | undefined): number | undefined =>
  value === undefined || value >= 2 ** 63 ? undefined : value;

/** Names as --effective_capabilities and --bounding_capabilities give them; undefined = all. */
export interface AgentCapabilities {
  readonly effective?: readonly string[] | undefined;
  readonly bounding?: readonly string[] | undefined;
}

/**
 * What a container gets: its own wish within what the agent allows, else the agent's. Undefined = whatever its user has.
 * Throws ContainerError for a wish that goes beyond.
 */
export function capabilitiesOf(linux: LinuxInfo | undefined, agent: AgentCapabilities): Confinement['capabilities'] {
  const wanted = namesOf(linux?.effective_capabilities ?? linux?.capability_info);
  const wantedBounding = namesOf(linux?.bounding_capabilities);
  const effective = wanted ?? agent.effective;
  const bounding = wantedBounding ?? agent.bounding ?? wanted;
  beyond('bounding', wantedBounding, agent.bounding);
  beyond('effective', wanted, agent.bounding);
  beyond('effective', effective, bounding);
  if (effective === undefined && bounding === undefined) return undefined;
  return { effective, bounding: bounding ?? effective };
}

function beyond(kind: string, names: readonly string[] | undefined, allowed: readonly string[] | undefined): void {
  if (names === undefined || allowed === undefined) return;
  const more = names.filter((name) => !allowed.includes(name));
  if (more.length === 0) return;
  throw refused(`The ${kind} capabilities ${more.join(', ').toUpperCase()} are not within those that are allowed`);
}

/** As setpriv has them. Throws ContainerError for one that is not known. */
function namesOf(info: CapabilityInfo | undefined): readonly string[] | undefined {
  return info?.capabilities?.map((name) => {
    if (name === 'UNKNOWN') throw refused('A capability has no known name');
    return name.toLowerCase();
  });
}

function refused(why: string): ContainerError {
  return new ContainerError('launch', `Failed to launch container: ${why}`);
}
