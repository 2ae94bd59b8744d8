// Where tasks are reached (haproxy.md 2.3.4): at their own address in a container network, else at their agent's. Each agent
// is looked at once a turn, however many tasks it has.
import type { DiscoveredDefinition, DiscoveredTask } from '../../discovery/discovered.ts';
import { isHostName, parseAddress } from '../../grammar/addresses.ts';
import type { ModelContext } from '../context.ts';
import { quote } from '../labels/label-reader.ts';
import { serverNameStem } from './server-identity.ts';

/** The agent's name, the address, and what names of servers there begin with. */
export interface Place {
  readonly host: string;
  readonly address: string;
  readonly serverPrefix: string;
}

/** Text instead of a place says why there is none. */
export class AgentPlaces {
  readonly #addresses: ModelContext['addresses'];
  readonly #agents = new Map<string, Place | string>();

  constructor(addresses: ModelContext['addresses']) {
    this.#addresses = addresses;
  }

  placeOf(task: DiscoveredTask, definition: DiscoveredDefinition): Place | string {
    if (definition.networkMode === 'container') return ownPlace(task);
    const known = this.#agents.get(task.host);
    if (known !== undefined) return known;
    const place = agentPlace(task.host, this.#addresses);
    this.#agents.set(task.host, place);
    return place;
  }
}

function ownPlace(task: DiscoveredTask): Place | string {
  const [own] = task.ipAddresses;
  if (own === undefined) return 'Marathon does not know the own address of tasks in a container network';
  const address = parseAddress(own);
  if (address === undefined) return `the task's address ${quote(own)} is no IP address`;
  const literal = parseAddress(task.host);
  if (literal !== undefined) return placeAt(literal, address);
  return isHostName(task.host) ? placeAt(task.host, address) : notAHost(task.host);
}

function agentPlace(name: string, addresses: ModelContext['addresses']): Place | string {
  const literal = parseAddress(name);
  if (literal !== undefined) return placeAt(literal, literal);
  if (!isHostName(name)) return notAHost(name);
  const address = parseAddress(addresses.get(name) ?? '');
  return address === undefined ? `the agent's name ${quote(name)} has no address (DNS)` : placeAt(name, address);
}

function placeAt(host: string, address: string): Place {
  return { host, address, serverPrefix: `${serverNameStem(host, address)}_` };
}

function notAHost(name: string): string {
  return `the agent's name ${quote(name)} is no host name`;
}
