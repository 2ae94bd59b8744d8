// The v1 call endpoints (`POST /api/v1`, `/api/v1/scheduler`, `/api/v1/executor`): from a request to a validated call and
// from a message to an answer, in the order and with the texts of the original (mesos-api.md 4.1).

import {
  CodecError,
  decode,
  encode,
  fromJson,
  type MessageType,
  parseJsonText,
  stringify,
} from '../../../mesos/codec.ts';
import type { HttpResponse } from '../../../world/net.ts';
import { badRequest, notAcceptable, okWith, unsupportedMediaType } from '../http/responses.ts';
import type { Route, RoutedRequest } from '../http/router.ts';
import {
  accepts,
  isMessageContentType,
  JSON_TYPE,
  type MessageContentType,
  negotiate,
  PROTOBUF_TYPE,
  RECORDIO_TYPE,
} from './media-types.ts';

/** One call on its way, with what its answer depends on. */
export interface CallExchange {
  readonly request: RoutedRequest;
  /** What the call came in. */
  readonly contentType: MessageContentType;
  /** What the answer may be in, by the Accept header; undefined = neither, to be refused with `notAcceptableTypes()`. */
  readonly accepted: MessageContentType | undefined;
  /** Set when the client takes nothing but RecordIO: the type of its records. `accepted` is undefined then. */
  readonly streamed?: MessageContentType;
}

/**
 * One v1 endpoint: what it takes and who handles it. Parsing, negotiation and the texts of refusals are callRoute's.
 */
export interface CallEndpoint<C> {
  /** Route path, e.g. `/api/v1/scheduler`. */
  readonly path: string;
  readonly type: MessageType<C>;
  /** As in "Failed to validate scheduler::Call: …". */
  readonly callName: string;
  /**
   * The agent's operator API says what is wrong with a body without the usual introductions, and knows a third content
   * type. Default false.
   */
  readonly isAgentOperatorApi?: boolean;
  /** (agent's operator API) Handles a request whose body is RecordIO, with records of this type. */
  readonly stream?: (request: RoutedRequest, contentType: MessageContentType) => HttpResponse | Promise<HttpResponse>;
  /** Looked at before anything else: leader redirect, recovery. */
  readonly guard?: Route['guard'];
  /** Why a call that can be parsed is still refused, e.g. "Expecting 'type' to be present". */
  readonly validate: (call: C) => string | undefined;
  readonly handle: (call: C, exchange: CallExchange) => HttpResponse | Promise<HttpResponse>;
}

/** The route of a call endpoint. */
export function callRoute<C>(endpoint: CallEndpoint<C>): Route {
  return {
    path: endpoint.path,
    methods: ['POST'],
    ...(endpoint.guard && { guard: endpoint.guard }),
    handle: (request) => {
      const { stream } = endpoint;
      if (endpoint.isAgentOperatorApi && request.headers['content-type'] === RECORDIO_TYPE) {
        const type = streamingType(request);
        if (typeof type !== 'string') return type;
        return stream?.(request, type) ?? unsupportedMediaType('Streaming requests are not supported');
      }
      const streaming = endpoint.isAgentOperatorApi ? streamingAnswer(request) : undefined;
      if (streaming?.kind === 'refused') return streaming.response;
      const parsed = parseCall(endpoint, request);
      if (parsed.kind === 'refused') return parsed.response;
      const why = endpoint.validate(parsed.call);
      if (why !== undefined) return badRequest(`Failed to validate ${endpoint.callName}: ${why}`);
      const accepted = negotiate(request.headers.accept);
      const { contentType } = parsed;
      const streamed = streaming?.kind === 'streamed' ? streaming.contentType : undefined;
      return endpoint.handle(parsed.call, { request, contentType, accepted, ...(streamed && { streamed }) });
    },
  };
}

/** 200 with `message` in the type that the client accepts; 406 when it accepts none. */
export function messageResponse<M>(exchange: CallExchange, type: MessageType<M>, message: M): HttpResponse {
  if (exchange.accepted === undefined) return notAcceptableTypes();
  const body = exchange.accepted === JSON_TYPE ? stringify(type, message) : encode(type, message);
  return okWith(exchange.accepted, body);
}

/** 406 of a client that takes neither content type. */
export function notAcceptableTypes(): HttpResponse {
  return notAcceptable(`Expecting 'Accept' to allow '${PROTOBUF_TYPE}' or '${JSON_TYPE}'`);
}

const utf8 = new TextDecoder();

type Parsed<C> =
  | { readonly kind: 'call'; readonly call: C; readonly contentType: MessageContentType }
  | { readonly kind: 'refused'; readonly response: HttpResponse };

function parseCall<C>(endpoint: CallEndpoint<C>, request: RoutedRequest): Parsed<C> {
  const contentType = request.headers['content-type'];
  if (contentType === undefined) return refused(badRequest("Expecting 'Content-Type' to be present"));
  if (!isMessageContentType(contentType)) {
    const third = endpoint.isAgentOperatorApi ? ` or ${RECORDIO_TYPE}` : '';
    return refused(unsupportedMediaType(`Expecting 'Content-Type' of ${JSON_TYPE} or ${PROTOBUF_TYPE}${third}`));
  }
  const body =
    contentType === JSON_TYPE ? parseJsonCall(endpoint, request.body) : parseProtobufCall(endpoint, request.body);
  return body.kind === 'refused' ? body : { kind: 'call', call: body.call, contentType };
}

type ParsedBody<C> =
  | { readonly kind: 'call'; readonly call: C }
  | { readonly kind: 'refused'; readonly response: HttpResponse };

function parseJsonCall<C>(endpoint: CallEndpoint<C>, body: Uint8Array): ParsedBody<C> {
  let value: unknown;
  try {
    value = parseJsonText(utf8.decode(body));
  } catch (error) {
    return refused(badRequest(`Failed to parse body into JSON: ${codecText(error)}`));
  }
  try {
    return { kind: 'call', call: fromJson(endpoint.type, value) };
  } catch (error) {
    const introduction = endpoint.isAgentOperatorApi ? '' : 'Failed to convert JSON into Call protobuf: ';
    return refused(badRequest(introduction + codecText(error)));
  }
}

function parseProtobufCall<C>(endpoint: CallEndpoint<C>, body: Uint8Array): ParsedBody<C> {
  try {
    return { kind: 'call', call: decode(endpoint.type, body) };
  } catch (error) {
    codecText(error);
    return refused(
      badRequest(`Failed to parse body into ${endpoint.isAgentOperatorApi ? 'a protobuf object' : 'Call protobuf'}`),
    );
  }
}

/** The type of the records of a streaming request, or why it is refused. */
function streamingType(request: RoutedRequest): MessageContentType | HttpResponse {
  const type = request.headers['message-content-type'];
  if (type === undefined) return badRequest("Expecting 'Message-Content-Type' to be set for streaming requests");
  if (isMessageContentType(type)) return type;
  return unsupportedMediaType(`Expecting 'Message-Content-Type' of ${JSON_TYPE} or ${PROTOBUF_TYPE}`);
}

type StreamingAnswer =
  | { readonly kind: 'streamed'; readonly contentType: MessageContentType }
  | { readonly kind: 'refused'; readonly response: HttpResponse };

/** Undefined when the client takes a plain answer, or nothing that there is. */
function streamingAnswer({ headers }: RoutedRequest): StreamingAnswer | undefined {
  if (headers['message-content-type'] !== undefined) {
    return refused(unsupportedMediaType("Expecting 'Message-Content-Type' to be not set for non-streaming requests"));
  }
  const messageAccept = headers['message-accept'];
  if (negotiate(headers.accept) !== undefined || !accepts(headers.accept, RECORDIO_TYPE)) {
    if (messageAccept === undefined) return undefined;
    return refused(notAcceptable("Expecting 'Message-Accept' to be not set for non-streaming responses"));
  }
  const contentType = negotiate(messageAccept);
  if (contentType !== undefined) return { kind: 'streamed', contentType };
  return refused(notAcceptable(`Expecting 'Message-Accept' to allow ${JSON_TYPE} or ${PROTOBUF_TYPE}`));
}

function codecText(error: unknown): string {
  if (error instanceof CodecError) return error.message;
  throw error;
}

function refused(response: HttpResponse): { readonly kind: 'refused'; readonly response: HttpResponse } {
  return { kind: 'refused', response };
}
