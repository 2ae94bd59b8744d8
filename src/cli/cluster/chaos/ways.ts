// How the members of a local cluster reach each other when all of it goes over the switchboard. Each member has an address
// of its own, 127.0.1.n, where it finds the others: after the first port S the way out for HTTP at S, zookeeper-j at S+j,
// and for ZooKeepers among themselves the others' peer ports at S+10+j and their election ports at S+20+j.
import { type ClusterPlan, type Endpoint, plannedMembers, zooKeeperName } from '../plan.ts';
import type { SwitchboardPlan } from './switchboard.ts';

/** Longer than it takes a ZooKeeper that was elected to open its port. */
const ELECTED_PATIENCE_MS = 1000;

/** Another ZooKeeper as one of them reaches it. */
export interface PeerWays {
  readonly client: Endpoint;
  readonly peer: Endpoint;
  readonly election: Endpoint;
}

/** What each member is to use in place of the addresses of the others. */
export interface Ways {
  /** Everything that the switchboard listens on. */
  readonly endpoints: readonly Endpoint[];
  readonly plan: SwitchboardPlan;
  /** Where the member's HTTP goes out; undefined for ZooKeepers and without a switchboard. */
  egress(member: string): Endpoint | undefined;
  /** All ZooKeepers as this member reaches them: their own addresses without a switchboard. */
  zookeepers(member: string): readonly Endpoint[];
  /** The other ZooKeeper `to` (from 0) as the ZooKeeper `member` reaches it. */
  peer(member: string, to: number): PeerWays;
}

/** Also of a plan without a switchboard: then all ways are direct. */
export function waysOf(plan: ClusterPlan): Ways {
  const { switchboard } = plan;
  return switchboard === null ? directWays(plan) : switchedWays(plan, switchboard.firstPort);
}

function directWays(plan: ClusterPlan): Ways {
  return {
    endpoints: [],
    plan: { members: [], egress: [], forwards: [] },
    egress: () => undefined,
    zookeepers: () => plan.zookeepers.map(({ ip, port }) => ({ ip, port })),
    peer: (_, to) => ownPorts(plan, to),
  };
}

function switchedWays(plan: ClusterPlan, firstPort: number): Ways {
  const members = plannedMembers(plan);
  const addresses = new Map(members.map(({ name }, index) => [name, `127.0.1.${index + 1}`]));
  const at = (member: string, offset: number): Endpoint => {
    const ip = addresses.get(member);
    if (ip === undefined) throw new Error(`${member} is no member`);
    return { ip, port: firstPort + offset };
  };
  const egress = (member: string): Endpoint => at(member, 0);
  const peer = (member: string, to: number): PeerWays => ({
    client: at(member, 1 + to),
    peer: at(member, 11 + to),
    election: at(member, 21 + to),
  });
  const zooKeepers = plan.zookeepers.map((_, index) => zooKeeperName(index));
  const others = members.map(({ name }) => name).filter((name) => !zooKeepers.includes(name));
  const switched: SwitchboardPlan = {
    members: members.map(({ name, endpoint: { ip, port } }) => ({ name, endpoints: [{ ip, port }] })),
    egress: others.map((member) => ({ member, ...egress(member) })),
    forwards: [
      ...others.flatMap((from) =>
        zooKeepers.map((to, index) => ({
          from,
          to,
          ...peer(from, index).client,
          target: ownPorts(plan, index).client,
        })),
      ),
      ...zooKeepers.flatMap((from, caller) =>
        zooKeepers.flatMap((to, index) => {
          if (to === from) return [];
          const [way, own] = [peer(from, index), ownPorts(plan, index)];
          return [
            { from, to, ...way.peer, target: own.peer, patienceMs: ELECTED_PATIENCE_MS },
            { from, to, ...way.election, target: own.election, callback: peer(to, caller).election },
          ];
        }),
      ),
    ],
  };
  return {
    endpoints: [...switched.egress, ...switched.forwards].map(({ ip, port }) => ({ ip: ip ?? '127.0.0.1', port })),
    plan: switched,
    egress: (member) => (zooKeepers.includes(member) ? undefined : egress(member)),
    zookeepers: (member) => plan.zookeepers.map((_, index) => peer(member, index).client),
    peer,
  };
}

function ownPorts(plan: ClusterPlan, index: number): PeerWays {
  const planned = plan.zookeepers[index];
  if (planned === undefined) throw new Error(`there is no ${zooKeeperName(index)}`);
  const { ip, port, peerPort, electionPort } = planned;
  return { client: { ip, port }, peer: { ip, port: peerPort }, election: { ip, port: electionPort } };
}
