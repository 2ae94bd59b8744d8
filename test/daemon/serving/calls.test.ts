import { describe, expect, it } from 'vitest';
import { callRoute, messageResponse } from '../../../src/daemon/serving/calls/call-endpoint.ts';
import { accepts, negotiate } from '../../../src/daemon/serving/calls/media-types.ts';
import { Router } from '../../../src/daemon/serving/http/router.ts';
import { createService } from '../../../src/daemon/serving/http/service.ts';
import { decode, encode } from '../../../src/mesos/codec.ts';
import { Call, Response } from '../../../src/mesos/generated/master.ts';
import { quietWorld, send } from './requests.ts';

const endpoint = (isAgentOperatorApi: boolean) =>
  createService(
    quietWorld(),
    new Router([]).add(
      callRoute<Call>({
        path: '/api/v1',
        type: Call,
        callName: 'master::Call',
        isAgentOperatorApi,
        validate: (call) => (call.type === undefined ? "Expecting 'type' to be present" : undefined),
        handle: (_call, exchange) =>
          messageResponse(exchange, Response, { type: 'GET_HEALTH', get_health: { healthy: true } }),
      }),
    ),
  );

const master = endpoint(false);
const agent = endpoint(true);
const json = { 'content-type': 'application/json' };
const post = (handler: typeof master, body: string | Uint8Array, headers: Record<string, string>) =>
  send(handler, '/api/v1', { method: 'POST', body, headers });

describe('a call', () => {
  it('is answered in the type that the client accepts, JSON first', async () => {
    const call = '{"type":"GET_HEALTH"}';
    expect(await post(master, call, json)).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json' },
      text: '{"type":"GET_HEALTH","get_health":{"healthy":true}}',
    });
    const answer = await post(master, call, { ...json, accept: 'application/x-protobuf' });
    expect(answer.headers['content-type']).toBe('application/x-protobuf');
    expect(decode(Response, answer.bytes)).toEqual({ type: 'GET_HEALTH', get_health: { healthy: true } });
  });

  it('may come as protobuf', async () => {
    const body = encode(Call, { type: 'GET_HEALTH' });
    expect((await post(master, body, { 'content-type': 'application/x-protobuf' })).status).toBe(200);
  });

  const UNSUPPORTED = "Expecting 'Content-Type' of application/json or application/x-protobuf";
  it.each([
    ['{"type":"GET_HEALTH"}', {}, 400, "Expecting 'Content-Type' to be present"],
    ['{}', { 'content-type': 'application/json; charset=utf-8' }, 415, UNSUPPORTED],
    ['{}', { 'content-type': 'Application/JSON' }, 415, UNSUPPORTED],
    ['{}', { 'content-type': 'application/recordio' }, 415, UNSUPPORTED],
    ['{bad', json, 400, 'Failed to parse body into JSON: syntax error at line 1 near: bad'],
    ['', json, 400, 'Failed to parse body into JSON: syntax error at line 1 near: '],
    ['[]', json, 400, 'Failed to convert JSON into Call protobuf: Expecting a JSON object'],
    ['\xff', { 'content-type': 'application/x-protobuf' }, 400, 'Failed to parse body into Call protobuf'],
    ['{}', json, 400, "Failed to validate master::Call: Expecting 'type' to be present"],
    [
      '{"type":"GET_HEALTH"}',
      { ...json, accept: 'text/plain' },
      406,
      "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'",
    ],
  ])('%s with %j is refused with %i', async (body, headers, status, text) => {
    expect(await post(master, body, headers as Record<string, string>)).toMatchObject({ status, text });
  });

  it.each([
    ['[]', json, 400, 'Expecting a JSON object'],
    ['\xff', { 'content-type': 'application/x-protobuf' }, 400, 'Failed to parse body into a protobuf object'],
    ['{}', { 'content-type': 'text/plain' }, 415, `${UNSUPPORTED} or application/recordio`],
    [
      '{}',
      { 'content-type': 'application/recordio' },
      400,
      "Expecting 'Message-Content-Type' to be set for streaming requests",
    ],
  ])(
    "to the agent's operator API, %s with %j, is refused with %i in its own words",
    async (body, headers, status, text) => {
      expect(await post(agent, body, headers as Record<string, string>)).toMatchObject({ status, text });
    },
  );
});

describe('negotiation', () => {
  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['text/html, application/json;q=0.5, application/x-protobuf;q=0.9', 'application/json'],
    ['application/x-protobuf', 'application/x-protobuf'],
    ['application/json;q=0, */*', 'application/x-protobuf'],
    ['text/plain', undefined],
    ['*/*;q=0', undefined],
  ])('of %s gives %s', (accept, type) => {
    expect(negotiate(accept)).toBe(type);
  });

  it('lets the most specific range decide', () => {
    expect(accepts('*/*;q=0, application/json', 'application/json')).toBe(true);
  });
});
