// A request as Marathon's routes see it, and its body.
import { CodecError, parseJsonText } from '../../../mesos/codec.ts';
import type { ApiRequest } from '../../serving/http/api-request.ts';
import { noJson, notJson } from '../refusals.ts';

export { type ApiRequest, apiRequest } from '../../serving/http/api-request.ts';

const utf8 = new TextDecoder();

/** The body as JSON of whatever content type. Throws Refusal 400 for none and for bad JSON. */
export function jsonBody(request: ApiRequest): unknown {
  const text = utf8.decode(request.body);
  if (text.trim() === '') throw noJson();
  try {
    return parseJsonText(text);
  } catch (error) {
    if (error instanceof CodecError) throw notJson(error.message);
    throw error;
  }
}
