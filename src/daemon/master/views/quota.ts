// Quotas of roles: what is told, and how changes are answered, by v1 calls and by /quota (mesos-api.md 6, 8.3).
import type { Call_UpdateQuota } from '../../../mesos/generated/master.ts';
import type { QuotaRequest, QuotaStatus } from '../../../mesos/generated/quota.ts';
import type { HttpResponse } from '../../../world/net.ts';
import { badRequest, conflict, ok } from '../../serving/http/responses.ts';
import { configOf, infoOf } from '../quota/role-quota.ts';
import type { QuotaOutcome } from '../quota/updates.ts';
import type { MasterState } from '../state/master-state.ts';
import type { ViewContext } from './control.ts';

/** All quotas in both forms, sorted by role; the members are left out when there are none. */
export function quotaStatus({ quotas }: MasterState): QuotaStatus {
  if (quotas.size === 0) return {};
  const sorted = [...quotas].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    infos: sorted.map(([role, quota]) => infoOf(role, quota)),
    configs: sorted.map(([role, quota]) => configOf(role, quota)),
  };
}

/** 200 once all are in force, 400 when one cannot be. */
export async function updateQuota({ control }: ViewContext, call: Call_UpdateQuota): Promise<HttpResponse> {
  return answer(await control.quota.update(call.quota_configs ?? [], call.force ?? false));
}

/** 200 once it is in force, 400 when it cannot be, 409 when the cluster is too small. */
export async function setQuota({ control }: ViewContext, request: QuotaRequest): Promise<HttpResponse> {
  return answer(await control.quota.set(request));
}

/** 200 once it is no more, 400 when there is none. `told` begins the texts of refusals. */
export async function removeQuota({ control }: ViewContext, role: string, told: string): Promise<HttpResponse> {
  return answer(await control.quota.remove(role, told));
}

function answer(outcome: QuotaOutcome): HttpResponse {
  switch (outcome.kind) {
    case 'done':
      return ok();
    case 'refused':
      return badRequest(outcome.why);
    case 'conflict':
      return conflict(outcome.why);
  }
}
