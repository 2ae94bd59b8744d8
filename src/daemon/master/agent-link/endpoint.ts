// POST /mctl/agent: agents subscribe here and report (agent_protocol.proto). Bodies are RecordIO; a request carries either
// one SUBSCRIBE or any number of other calls with the Mesos-Stream-Id of the subscription, which are taken in order.
import { CodecError, decode, parseJson } from '../../../mesos/codec.ts';
import { Call } from '../../../mesos/generated/agent_protocol.ts';
import { RecordDecoder, RecordIOError } from '../../../mesos/recordio.ts';
import type { HttpResponse } from '../../../world/net.ts';
import type { Clock } from '../../../world/world.ts';
import {
  isMessageContentType,
  JSON_TYPE,
  type MessageContentType,
  negotiate,
} from '../../serving/calls/media-types.ts';
import {
  accepted,
  badRequest,
  conflict,
  notAcceptable,
  serviceUnavailable,
  unsupportedMediaType,
} from '../../serving/http/responses.ts';
import type { Route, RoutedRequest } from '../../serving/http/router.ts';
import { takeAgentCall } from '../agents/calls.ts';
import { agentStreamEnded } from '../agents/disconnection.ts';
import { subscribeAgent } from '../agents/registration.ts';
import type { MasterCore } from '../core.ts';
import { AgentConnection } from './connection.ts';
import { SharedParts } from './shared-parts.ts';
import { ShortTurns } from './short-turns.ts';
import { isForNow, WaitingRoom } from './waiting-room.ts';

/**
 * Where agents subscribe and report; the agent has the same path in its own code, as daemons do not import each other.
 */
export const AGENT_PATH = '/mctl/agent';

/**
 * 415 and 400 for bodies that cannot be read, 409 for calls on a stream that is no agent's current one. `guard`: only
 * the leader answers; known agents wait while it says 503. `clock`: not the leader's own.
 */
export function agentRoute(core: MasterCore, guard: NonNullable<Route['guard']>, clock: Clock): Route {
  const room = new WaitingRoom(clock);
  const turns = new ShortTurns(clock);
  const parts = new SharedParts();
  return {
    path: AGENT_PATH,
    methods: ['POST'],
    exact: true,
    guard(request) {
      const instead = guard(request);
      return request.method === 'POST' && isForNow(instead) ? undefined : instead;
    },
    handle: (request) =>
      isSubscription(request) ? turns.run(() => takeSubscription(request)) : (guard(request) ?? take(request)),
  };

  function take(request: RoutedRequest): HttpResponse {
    const calls = readCalls(request);
    return Array.isArray(calls) ? answer(core, calls, request) : calls;
  }

  function takeSubscription(request: RoutedRequest): HttpResponse | Promise<HttpResponse> {
    const calls = readCalls(request);
    if (Array.isArray(calls)) for (const { subscribe } of calls) if (subscribe !== undefined) parts.shareIn(subscribe);
    const serve = (): HttpResponse => (Array.isArray(calls) ? answer(core, calls, request) : calls);
    if (!isReturn(calls)) return guard(request) ?? serve();
    const instead = room.enter(request.body.length, () => guard(request));
    return instead instanceof Promise ? instead.then((late) => late ?? serve()) : (instead ?? serve());
  }
}

/** Every other call names its stream. */
function isSubscription({ headers }: RoutedRequest): boolean {
  return headers['mesos-stream-id'] === undefined;
}

/**
 * Whether an agent with an id wants to subscribe. A new one does not wait: if it were gone by the time it is let in, its
 * id would be nobody's, and what is launched on it would be waited for in vain.
 */
function isReturn(calls: readonly Call[] | HttpResponse): boolean {
  return Array.isArray(calls) && (calls[0]?.subscribe?.agent_info.id?.value ?? '') !== '';
}

/** The calls of a request, or what is wrong with it. */
function readCalls({ headers, body }: RoutedRequest): Call[] | HttpResponse {
  const contentType = headers['content-type'] ?? '';
  if (!isMessageContentType(contentType)) {
    return unsupportedMediaType("Expecting 'Content-Type' of application/json or application/x-protobuf");
  }
  try {
    return parseCalls(body, contentType);
  } catch (error) {
    if (!(error instanceof CodecError || error instanceof RecordIOError)) throw error;
    return badRequest(error.message);
  }
}

function answer(core: MasterCore, calls: readonly Call[], request: RoutedRequest): HttpResponse {
  const [first] = calls;
  if (first?.type === 'SUBSCRIBE') {
    return calls.length === 1 ? answerSubscribe(core, first, request) : badRequest('SUBSCRIBE must come alone');
  }
  return answerCalls(core, calls, request);
}

function parseCalls(body: Uint8Array, contentType: MessageContentType): Call[] {
  const decoder = new RecordDecoder();
  const calls = decoder
    .push(body)
    .map((record) => (contentType === JSON_TYPE ? parseJson(Call, record) : decode(Call, record)));
  if (!decoder.atBoundary) throw new RecordIOError('bad-length', 'The body ends inside a record');
  return calls;
}

function answerSubscribe(core: MasterCore, call: Call, request: RoutedRequest): HttpResponse {
  if (call.subscribe === undefined) return badRequest("Expecting 'subscribe' to be present");
  const contentType = negotiate(request.headers.accept);
  if (contentType === undefined) return notAcceptable("Expecting 'Accept' to allow a message type");
  const { clock, random } = core.world;
  const connection: AgentConnection = new AgentConnection(random.uuid(), contentType, clock, () =>
    agentStreamEnded(core, connection),
  );
  const refusal = subscribeAgent(core, call.subscribe, connection);
  if (refusal === undefined) return connection.response();
  connection.end();
  core.log.info('refused an agent for now', { pid: call.subscribe.pid, reason: refusal });
  return serviceUnavailable(refusal);
}

function answerCalls(core: MasterCore, calls: readonly Call[], request: RoutedRequest): HttpResponse {
  const streamId = request.headers['mesos-stream-id'];
  if (streamId === undefined) return badRequest("Calls other than SUBSCRIBE need the 'Mesos-Stream-Id' header");
  const agent = core.state.agents.byStreamId.get(streamId);
  if (agent === undefined) return conflict('The stream is not the current one of any agent: subscribe again');
  const batch = request.headers['mctl-batch'];
  if (batch !== undefined && !/^\d{1,15}$/.test(batch)) return badRequest("Expecting 'Mctl-Batch' to be a number");
  if (agent.connection?.takesBatch(batch === undefined ? undefined : Number(batch)) === false) return accepted();
  for (const call of calls) takeAgentCall(core, agent, call);
  return accepted();
}
