// The operator's calls that change what agents have (mesos-api.md 6): all are operations as frameworks' are.
import type { Call } from '../../../../mesos/generated/master.ts';
import type { Offer_Operation } from '../../../../mesos/generated/v1.ts';
import type { HttpResponse } from '../../../../world/net.ts';
import { accepted, badRequest, conflict } from '../../../serving/http/responses.ts';
import type { ViewContext } from '../control.ts';

/** 202 when it is on its way to the agent, 400 when it makes no sense, 409 when the agent has not got the resources. */
export function answerOperation(context: ViewContext, agentId: string, operation: Offer_Operation): HttpResponse {
  const answer = context.control.operate(agentId, operation);
  switch (answer.kind) {
    case 'accepted':
      return accepted();
    case 'refused':
      return badRequest(answer.why);
    case 'conflict':
      return conflict(answer.why);
  }
}

/** The operation that a call asks for, and of which agent; validation has seen that its member is there. */
export function operationOf(call: Call): { readonly agentId: string; readonly operation: Offer_Operation } {
  const { reserve_resources, unreserve_resources, create_volumes, destroy_volumes, grow_volume, shrink_volume } = call;
  const of = (id: { value: string } | undefined, operation: Offer_Operation) => ({
    agentId: id?.value ?? '',
    operation,
  });
  if (reserve_resources) {
    const { agent_id, resources = [], source = [] } = reserve_resources;
    return of(agent_id, { type: 'RESERVE', reserve: { resources, source } });
  }
  if (unreserve_resources) {
    const { agent_id, resources = [] } = unreserve_resources;
    return of(agent_id, { type: 'UNRESERVE', unreserve: { resources } });
  }
  if (create_volumes) {
    return of(create_volumes.agent_id, { type: 'CREATE', create: { volumes: create_volumes.volumes ?? [] } });
  }
  if (destroy_volumes) {
    return of(destroy_volumes.agent_id, { type: 'DESTROY', destroy: { volumes: destroy_volumes.volumes ?? [] } });
  }
  if (grow_volume) {
    const { agent_id, volume, addition } = grow_volume;
    return of(agent_id, { type: 'GROW_VOLUME', grow_volume: { volume, addition } });
  }
  if (shrink_volume) {
    const { agent_id, volume, subtract } = shrink_volume;
    return of(agent_id, { type: 'SHRINK_VOLUME', shrink_volume: { volume, subtract } });
  }
  return of(undefined, {});
}
