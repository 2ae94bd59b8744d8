// Where the agent of an offer is reached, as offers and inverse offers tell it (mesos-api.md 12.4).
import { ipOfPid } from '../../../mesos/agent-pid.ts';
import type { URL } from '../../../mesos/generated/v1.ts';
import type { MasterAgent } from '../state/agent.ts';

export function agentUrl({ info, pid }: Pick<MasterAgent, 'info' | 'pid'>): URL {
  return {
    scheme: 'http',
    address: { hostname: info.hostname, ip: ipOfPid(pid), port: info.port ?? 5051 },
    path: '/slave(1)',
  };
}
