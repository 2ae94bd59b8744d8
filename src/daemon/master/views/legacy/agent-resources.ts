// /reserve, /unreserve, /create-volumes and /destroy-volumes: forms of the time before the v1 API (mesos-api.md 8.3).
import { CodecError, fromJson, parseJsonText } from '../../../../mesos/codec.ts';
import { type Offer_Operation, Resource } from '../../../../mesos/generated/v1.ts';
import { validateResources } from '../../../../mesos/validation/resource-form.ts';
import { formOf } from '../../../serving/http/body.ts';
import { badRequest } from '../../../serving/http/responses.ts';
import type { Route } from '../../../serving/http/router.ts';
import type { ViewContext } from '../control.ts';
import { answerOperation } from '../operator/operations.ts';

/** Answered as the calls are. */
export function agentResourceRoutes(context: ViewContext, guard: Route['guard'] & {}): readonly Route[] {
  const route = (
    path: string,
    parameter: 'resources' | 'volumes',
    operationOf: (resources: Resource[], source: Resource[]) => Offer_Operation,
  ): Route => ({
    path,
    methods: ['POST'],
    guard,
    handle: (request) => {
      const form = formOf(request);
      const agentId = form.get('slaveId');
      if (agentId === undefined) return badRequest("Missing 'slaveId' query parameter in the request body");
      const text = form.get(parameter);
      if (text === undefined) return badRequest(`Missing '${parameter}' query parameter in the request body`);
      const parsed = parse(text, parameter);
      if (typeof parsed === 'string') return badRequest(parsed);
      const source = parse(path === '/reserve' ? (form.get('source') ?? '[]') : '[]', 'source');
      if (typeof source === 'string') return badRequest(source);
      return answerOperation(context, agentId, operationOf(parsed, source));
    },
  });
  return [
    route('/reserve', 'resources', (resources, source) => ({ type: 'RESERVE', reserve: { resources, source } })),
    route('/unreserve', 'resources', (resources) => ({ type: 'UNRESERVE', unreserve: { resources } })),
    route('/create-volumes', 'volumes', (volumes) => ({ type: 'CREATE', create: { volumes } })),
    route('/destroy-volumes', 'volumes', (volumes) => ({ type: 'DESTROY', destroy: { volumes } })),
  ];
}

/** The resources, or what is wrong with the text. */
function parse(text: string, parameter: string): Resource[] | string {
  const refused = (why: string) => `Error parsing '${parameter}' query parameter in the request body: ${why}`;
  let value: unknown;
  try {
    value = parseJsonText(text);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    return refused(error.message);
  }
  if (!Array.isArray(value)) return refused('Unexpected JSON type parsed');
  try {
    const resources = value.map((item: unknown) => fromJson(Resource, item));
    const problem = validateResources(resources);
    return problem === undefined ? resources : refused(problem);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    return refused(error.message);
  }
}
