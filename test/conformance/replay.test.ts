// What can be replayed of the recordings without a daemon: the codecs on everything that was sent and answered, and the
// refusals that codec and call validation decide alone.
import { describe, expect, test } from 'vitest';
import { CodecError, decode, encode, type MessageType, parseJson, stringify } from '../../src/mesos/codec.ts';
import * as agent from '../../src/mesos/generated/agent.ts';
import * as executor from '../../src/mesos/generated/executor.ts';
import * as master from '../../src/mesos/generated/master.ts';
import * as scheduler from '../../src/mesos/generated/scheduler.ts';
import { RecordDecoder } from '../../src/mesos/recordio.ts';
import { validateAgentCall } from '../../src/mesos/validation/calls/agent-call.ts';
import { validateExecutorCall } from '../../src/mesos/validation/calls/executor-call.ts';
import { validateMasterCall } from '../../src/mesos/validation/calls/master-call.ts';
import { validateSchedulerCall } from '../../src/mesos/validation/calls/scheduler-call.ts';
import { compareJson } from './compare.ts';
import { bodyBytes, type Exchange, header, loadExchanges, type RecordedRequest } from './exchange.ts';

interface Api {
  readonly call: MessageType;
  readonly response?: MessageType;
  readonly event?: MessageType;
  /** Before what conversion and validation say. */
  readonly conversion: string;
  readonly validation: string;
  readonly badProtobuf: string;
  readonly validate: (call: never, principal?: string) => string | undefined;
}

const CONVERSION = 'Failed to convert JSON into Call protobuf: ';
const BAD_PROTOBUF = 'Failed to parse body into Call protobuf';

const APIS: Readonly<Record<'master' | 'agent' | 'scheduler' | 'executor', Api>> = {
  master: {
    call: master.Call,
    response: master.Response,
    event: master.Event,
    conversion: CONVERSION,
    validation: 'Failed to validate master::Call: ',
    badProtobuf: BAD_PROTOBUF,
    validate: validateMasterCall,
  },
  agent: {
    call: agent.Call,
    response: agent.Response,
    conversion: '',
    validation: 'Failed to validate agent::Call: ',
    badProtobuf: 'Failed to parse body into a protobuf object',
    validate: validateAgentCall,
  },
  scheduler: {
    call: scheduler.Call,
    event: scheduler.Event,
    conversion: CONVERSION,
    validation: 'Failed to validate scheduler::Call: ',
    badProtobuf: BAD_PROTOBUF,
    validate: validateSchedulerCall,
  },
  executor: {
    call: executor.Call,
    event: executor.Event,
    conversion: CONVERSION,
    validation: 'Failed to validate Executor::Call: ',
    badProtobuf: BAD_PROTOBUF,
    validate: validateExecutorCall,
  },
};

function apiOf({ daemon, request }: Exchange): Api | undefined {
  if (typeof request === 'string' || request.method !== 'POST') return undefined;
  if (request.target.startsWith('/api/v1/scheduler')) return APIS.scheduler;
  if (request.target.startsWith('/api/v1/executor')) return APIS.executor;
  return request.target.startsWith('/api/v1') ? APIS[daemon] : undefined;
}

interface Sent {
  readonly exchange: Exchange;
  readonly api: Api;
  readonly request: RecordedRequest;
  readonly body: Buffer;
  readonly isJson: boolean;
}

/** Calls whose body reached the parser. */
function sent(): Sent[] {
  return loadExchanges().flatMap((exchange) => {
    const api = apiOf(exchange);
    if (api === undefined || typeof exchange.request === 'string') return [];
    const request = exchange.request;
    const type = header(request, 'Content-Type');
    const isPlain = header(request, 'Content-Encoding') !== 'gzip' && !header(request, 'Transfer-Encoding');
    if (!isPlain || (type !== 'application/json' && type !== 'application/x-protobuf')) return [];
    return [{ exchange, api, request, body: bodyBytes(request), isJson: type === 'application/json' }];
  });
}

/** Of Basic authentication. */
function principalOf(request: RecordedRequest): string | undefined {
  const [scheme, token = ''] = (header(request, 'Authorization') ?? '').split(' ');
  return scheme === 'Basic' ? Buffer.from(token, 'base64').toString().split(':')[0] : undefined;
}

const nameOf = ({ dir, name }: Exchange): string => `${dir}/${name}`;

/** Lists that the original writes by hand are there even when empty. */
function withoutEmptyLists(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutEmptyLists);
  if (typeof json !== 'object' || json === null) return json;
  const members = Object.entries(json).filter(([, value]) => !(Array.isArray(value) && value.length === 0));
  return Object.fromEntries(members.map(([key, value]) => [key, withoutEmptyLists(value)]));
}

describe('the codecs', () => {
  test('read every call that was accepted and lose nothing of it', () => {
    const accepted = sent().filter(
      ({ exchange: { response }, isJson }) => isJson && 'status' in response && response.status < 300,
    );
    expect(accepted.length).toBeGreaterThan(200);
    for (const { exchange, api, body } of accepted) {
      const given = withoutEmptyLists(JSON.parse(body.toString()));
      const message = parseJson(api.call, body);
      const lost = compareJson(given, JSON.parse(stringify(api.call, message))).filter(
        (difference) => !difference.includes('nothing recorded') && !difference.includes('.bogus'),
      );
      expect(
        lost.filter((difference) => !UNKNOWN_OR_TEXT.test(difference)),
        nameOf(exchange),
      ).toEqual([]);
      expect(decode(api.call, encode(api.call, message)), nameOf(exchange)).toEqual(message);
    }
  });

  test('write every answer of the v1 operator APIs as the original wrote it', () => {
    const answers = sent().filter(
      ({ api, exchange: { response } }) =>
        api.response !== undefined &&
        'status' in response &&
        header(response, 'Content-Type') === 'application/json' &&
        header(response, 'Transfer-Encoding') === undefined,
    );
    expect(answers.length).toBeGreaterThan(100);
    for (const { exchange, api } of answers) {
      if (api.response === undefined || !('status' in exchange.response)) continue;
      expectSameText(api.response, bodyBytes(exchange.response).toString(), nameOf(exchange));
    }
  });

  test('write every record of every stream as the original wrote it', () => {
    let count = 0;
    for (const exchange of loadExchanges()) {
      const event = apiOf(exchange)?.event;
      if (event === undefined) continue;
      for (const [, record] of exchange.records ?? []) {
        expectSameText(event, JSON.stringify(record), nameOf(exchange));
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(250);
  });

  test('read the protobuf answers', () => {
    const state = loadExchanges().find((one) => nameOf(one) === 'protobuf/GET_STATE');
    const message = decode(master.Response, bodyOf(state));
    expect(message.get_state?.get_agents?.agents?.[0]?.agent_info.hostname).toBe('localhost');
    const stream = loadExchanges().find((one) => nameOf(one) === 'protobuf/scheduler-SUBSCRIBE');
    const events = new RecordDecoder().push(bodyOf(stream)).map((record) => decode(scheduler.Event, record).type);
    expect(events.slice(0, 3)).toEqual(['SUBSCRIBED', 'HEARTBEAT', 'OFFERS']);
  });
});

/** A number sent as text, one that wraps round, and members the original does not know either. */
const UNKNOWN_OR_TEXT = /refuse_seconds: "5"|level: -1|force: |nothing$/;

function expectSameText(type: MessageType, text: string, name: string): void {
  const original = withoutEmptyLists(JSON.parse(text));
  const message = parseJson(type, text);
  expect(JSON.parse(stringify(type, message)), name).toEqual(original);
}

function bodyOf(exchange: Exchange | undefined): Buffer {
  if (exchange === undefined || !('status' in exchange.response)) throw new Error('not recorded');
  return bodyBytes(exchange.response);
}

describe('calls that were refused for what they are', () => {
  /** What we would answer; undefined when neither codec nor call validation object. */
  function refusal({ api, body, isJson, request }: Sent): string | undefined {
    try {
      const call = isJson ? parseJson(api.call, body) : decode(api.call, body);
      const problem = api.validate(call as never, principalOf(request));
      return problem === undefined ? undefined : api.validation + problem;
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      if (!isJson) return api.badProtobuf;
      return error.code === 'json-syntax'
        ? `Failed to parse body into JSON: ${error.message}`
        : api.conversion + error.message;
    }
  }

  test('are refused in the original’s words', () => {
    let count = 0;
    for (const call of sent()) {
      const { response } = call.exchange;
      if (!('status' in response) || response.status !== 400) continue;
      const text = bodyBytes(response).toString();
      if (!REFUSED_EARLY.test(text)) continue;
      expect(refusal(call), nameOf(call.exchange)).toBe(text);
      count += 1;
    }
    expect(count).toBeGreaterThan(90);
  });

  test('and nothing that was answered otherwise is', () => {
    for (const call of sent()) {
      const { response } = call.exchange;
      if (!('status' in response) || (response.status === 400 && REFUSED_EARLY.test(response.text ?? ''))) continue;
      // Authentication, redirects, unknown encodings and media types come before the parser.
      if ([401, 403, 307, 406, 415, 500, 503].includes(response.status)) continue;
      expect(refusal(call), nameOf(call.exchange)).toBeUndefined();
    }
  });
});

const REFUSED_EARLY = /^(Failed to (parse body|convert JSON|validate \w+::Call)|Expecting a JSON|Not expecting a JSON)/;
