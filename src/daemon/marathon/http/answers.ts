// The shapes of Marathon's answers (marathon.md 1.2, 1.5, 1.6).
import type { HttpHeaders, HttpResponse } from '../../../world/net.ts';
import type { DeploymentPlan } from '../model/deployment.ts';
import { Refusal } from '../refusals.ts';

const JSON_TYPE = 'application/json';

/** A JSON answer. */
export function json(value: unknown, status = 200, headers: HttpHeaders = {}): HttpResponse {
  return jsonText(JSON.stringify(value), status, headers);
}

/** As `json`, of a text already made. */
export function jsonText(text: string, status = 200, headers: HttpHeaders = {}): HttpResponse {
  return { status, headers: { ...headers, 'content-type': JSON_TYPE }, body: text };
}

/** What a call says that started a deployment. */
export function deploymentResult(plan: DeploymentPlan, status = 200, headers: HttpHeaders = {}): HttpResponse {
  return json({ version: plan.version, deploymentId: plan.id }, status, { ...deploymentHeader(plan), ...headers });
}

export function deploymentHeader(plan: DeploymentPlan): HttpHeaders {
  return { 'marathon-deployment-id': plan.id };
}

/** What all answers carry, so that nobody is told of yesterday's state (marathon.md 1.2). */
export const NO_CACHE: HttpHeaders = {
  'cache-control': 'no-cache, no-store, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
};

/** The answer that a refusal is. */
export function refused({ status, body }: Refusal): HttpResponse {
  return json(body, status);
}

/** Handlers of one path by method. GET answers HEAD too; the listener leaves the body out. */
export type Methods = Readonly<Record<string, () => HttpResponse | Promise<HttpResponse>>>;

/** Calls the handler of the request's method. Throws Refusal 405 when there is none. */
export function byMethod(method: string, methods: Methods): HttpResponse | Promise<HttpResponse> {
  const handler = methods[method] ?? (method === 'HEAD' ? methods.GET : undefined);
  if (handler !== undefined) return handler();
  const allow = [...Object.keys(methods), ...(methods.GET ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return { status: 200, headers: { allow } };
  return { ...refused(new Refusal(405, 'HTTP 405 Method Not Allowed')), headers: { allow, 'content-type': JSON_TYPE } };
}
