// The operator's endpoints of the time before the v1 API: weights and quota.
import { CodecError, fromJson } from '../../../../mesos/codec.ts';
import { QuotaRequest } from '../../../../mesos/generated/quota.ts';
import { WeightInfo } from '../../../../mesos/generated/v1.ts';
import type { HttpResponse } from '../../../../world/net.ts';
import { bodyJson, bodyText } from '../../../serving/http/body.ts';
import { json } from '../../../serving/http/json-response.ts';
import { badRequest } from '../../../serving/http/responses.ts';
import type { Route, RoutedRequest } from '../../../serving/http/router.ts';
import { isAllowed } from '../../quota/problems.ts';
import type { ViewContext } from '../control.ts';
import { updateWeights } from '../operator/calls.ts';
import { quotaStatus, removeQuota, setQuota } from '../quota.ts';
import { weightInfos } from '../weights.ts';

type Guard = Route['guard'] & {};

/** GET tells the weights that were set; PUT sets those given and keeps the others (mesos-api.md 8). */
export function weightsRoute(context: ViewContext, guard: Guard): Route {
  return {
    path: '/weights',
    methods: ['GET', 'PUT'],
    guard,
    handle: (request) => {
      if (request.method === 'GET') return json(request, weightInfos(context.state));
      const parsed = jsonArray(request, WeightInfo, 'update weights request JSON');
      return parsed.kind === 'refused' ? parsed.response : updateWeights(context, parsed.items);
    },
  };
}

/** GET tells all quotas; POST sets one where there is none; DELETE /quota/<role> removes one (mesos-api.md 8.3). */
export function quotaRoute(context: ViewContext, guard: Guard): Route {
  return {
    path: '/quota',
    methods: ['GET', 'POST', 'DELETE'],
    guard,
    handle: (request) => {
      if (request.method === 'GET') return json(request, quotaStatus(context.state));
      return request.method === 'POST' ? postQuota(context, request) : deleteQuota(context, request);
    },
  };
}

function postQuota(context: ViewContext, request: RoutedRequest): HttpResponse | Promise<HttpResponse> {
  const body = bodyText(request);
  let value: unknown;
  try {
    value = bodyJson(request);
  } catch (error) {
    return badRequest(`Failed to parse set quota request JSON '${body}': ${codecText(error)}`);
  }
  try {
    return setQuota(context, fromJson(QuotaRequest, value));
  } catch (error) {
    return badRequest(`Failed to validate set quota request JSON '${body}': ${codecText(error)}`);
  }
}

function deleteQuota(context: ViewContext, { path, subpath }: RoutedRequest): HttpResponse | Promise<HttpResponse> {
  const told = `for path '/master${path}'`;
  const role = subpath.slice(1);
  if (role === '') return badRequest(`Failed to parse remove quota request ${told}: expected 3 tokens, found 2 tokens`);
  if (!isAllowed(context.state, role)) {
    return badRequest(`Failed to validate remove quota request ${told}: Unknown role '${role}'`);
  }
  return removeQuota(context, role, `Failed to remove quota ${told}`);
}

export type Items<T> =
  | { readonly kind: 'items'; readonly items: readonly T[] }
  | { readonly kind: 'refused'; readonly response: HttpResponse };

/** The body as a list of messages. `what` comes into the texts of refusals; without it they are the bare reason. */
export function jsonArray<T>(request: RoutedRequest, type: Parameters<typeof fromJson<T>>[0], what?: string): Items<T> {
  const body = bodyText(request);
  const refused = (step: string, why: string): Items<T> => ({
    kind: 'refused',
    response: badRequest(what === undefined ? why : `Failed to ${step} '${body}': ${why}`),
  });
  let value: unknown;
  try {
    value = bodyJson(request);
  } catch (error) {
    return refused(`parse ${what}`, codecText(error));
  }
  if (!Array.isArray(value)) return refused(`parse ${what}`, 'Unexpected JSON type parsed');
  try {
    return { kind: 'items', items: value.map((item: unknown) => fromJson(type, item)) };
  } catch (error) {
    return refused(`convert ${what} array to protobuf`, codecText(error));
  }
}

export function codecText(error: unknown): string {
  if (error instanceof CodecError) return error.message;
  throw error;
}
