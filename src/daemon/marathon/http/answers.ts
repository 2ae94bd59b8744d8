// The shapes of Marathon's answers (marathon.md 1.2, 1.5, 1.6).
import type { HttpHeaders, HttpResponse } from '../../../world/net.ts';
import { json, type Methods, byMethod as ofMethod } from '../../serving/http/json-answers.ts';
import type { DeploymentPlan } from '../model/deployment.ts';
import { Refusal } from '../refusals.ts';

export { json, jsonText, NO_CACHE } from '../../serving/http/json-answers.ts';

/** What a call says that started a deployment. */
export function deploymentResult(plan: DeploymentPlan, status = 200, headers: HttpHeaders = {}): HttpResponse {
  return json({ version: plan.version, deploymentId: plan.id }, status, { ...deploymentHeader(plan), ...headers });
}

export function deploymentHeader(plan: DeploymentPlan): HttpHeaders {
  return { 'marathon-deployment-id': plan.id };
}

/** The answer that a refusal is. */
export function refused({ status, body }: Refusal): HttpResponse {
  return json(body, status);
}

/** Calls the handler of the request's method; 405 when there is none. */
export function byMethod(method: string, methods: Methods): HttpResponse | Promise<HttpResponse> {
  return ofMethod(method, methods, (status, message) => refused(new Refusal(status, message)));
}
