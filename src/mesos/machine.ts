// Machines as maintenance schedules name them: by host name, IP or both (mesos-semantics.md 13.1).
import type { MachineID } from './generated/v1.ts';

/** The same for the same machine: host names do not tell capitals from small letters. */
export function machineKey({ hostname = '', ip = '' }: MachineID): string {
  return `${hostname.toLowerCase()}\n${ip}`;
}

/** As it is quoted in messages: `{"hostname":"h1","ip":"1.2.3.4"}`. */
export function machineText({ hostname, ip }: MachineID): string {
  return JSON.stringify({ ...(hostname !== undefined && { hostname }), ...(ip !== undefined && { ip }) });
}
