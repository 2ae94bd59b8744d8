// Whether an agent says the same of itself as before: then the registry need not be written.
import { encode } from '../../../../mesos/codec.ts';
import { AgentInfo } from '../../../../mesos/generated/v1.ts';

/** Compares the encoded messages: the order of lists matters, unset and default differ. */
export function isSameInfo(a: AgentInfo, b: AgentInfo): boolean {
  return Buffer.compare(encode(AgentInfo, a), encode(AgentInfo, b)) === 0;
}
