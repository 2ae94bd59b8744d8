// DRAIN_AGENT, DEACTIVATE_AGENT and REACTIVATE_AGENT over HTTP (mesos-api.md 6).
import type { Call_DrainAgent } from '../../../../mesos/generated/master.ts';
import type { DrainConfig } from '../../../../mesos/generated/v1.ts';
import type { HttpResponse } from '../../../../world/net.ts';
import { badRequest, conflict, ok } from '../../../serving/http/responses.ts';
import type { Decided } from '../../agents/deactivation/decisions.ts';
import type { ViewContext } from '../control.ts';

/** 200 once it is durable, 400 when it makes no sense, 409 when the agent is leaving for good. */
export async function decision(decided: Promise<Decided>): Promise<HttpResponse> {
  const outcome = await decided;
  if (outcome.kind === 'done') return ok();
  return outcome.kind === 'conflict' ? conflict(outcome.why) : badRequest(outcome.why);
}

/** As `decision`; a grace period in the call is a well-known Duration, in what is shown afterwards it is nanoseconds. */
export function drainAgent(
  context: ViewContext,
  call: Call_DrainAgent | undefined,
): HttpResponse | Promise<HttpResponse> {
  const { agent_id, max_grace_period: grace, mark_gone = false } = call ?? {};
  const nanoseconds = grace && (grace.seconds ?? 0) * 1e9 + (grace.nanos ?? 0);
  if (nanoseconds !== undefined && nanoseconds < 0) return badRequest("Expecting 'max_grace_period' to be at least 0");
  const config: DrainConfig = { mark_gone, ...(nanoseconds !== undefined && { max_grace_period: { nanoseconds } }) };
  return decision(context.control.drainAgent(agent_id?.value ?? '', config));
}
