// JSON answers of the read endpoints, with JSONP for old browsers' pages (mesos-api.md 2.13).
import type { HttpResponse } from '../../../world/net.ts';
import { joined } from '../slices/sliced.ts';
import type { Slices } from '../slices/slices.ts';
import { type LentBody, okWith, okWithLent } from './responses.ts';
import type { RoutedRequest } from './router.ts';

/** Answers `json` (a text already serialised), wrapped as `fn(<json>)` when the query asks for `jsonp=fn`. */
export function jsonText(request: RoutedRequest, json: string | Uint8Array): HttpResponse {
  const callback = request.query.get('jsonp');
  if (callback === undefined) return okWith('application/json', json);
  const text = typeof json === 'string' ? json : Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString();
  return okWith('text/javascript', `${callback}(${text})`);
}

/** As `jsonText`, of an answer that may be large. */
export async function largeJson(request: RoutedRequest, json: LentBody, slices: Slices): Promise<HttpResponse> {
  const callback = request.query.get('jsonp');
  if (callback === undefined) return okWithLent('application/json', json);
  const wrapped = await slices.run(joined([Buffer.from(`${callback}(`), json.bytes, Buffer.from(')')]));
  json.giveBack();
  return okWith('text/javascript', wrapped);
}

/** As `jsonText`, from a value. */
export function json(request: RoutedRequest, value: unknown): HttpResponse {
  return jsonText(request, JSON.stringify(value));
}
