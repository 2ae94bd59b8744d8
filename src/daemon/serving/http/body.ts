// Request bodies of the endpoints that take forms or bare JSON.
import { parseJsonText } from '../../../mesos/codec.ts';
import type { HttpRequest } from '../../../world/net.ts';
import { parseForm } from './target.ts';

const utf8 = new TextDecoder();

/** As UTF-8; bytes that are none become U+FFFD. */
export function bodyText(request: HttpRequest): string {
  return utf8.decode(request.body);
}

/** The urlencoded body. */
export function formOf(request: HttpRequest): ReadonlyMap<string, string> {
  return parseForm(bodyText(request));
}

/** Throws CodecError `json-syntax`. */
export function bodyJson(request: HttpRequest): unknown {
  return parseJsonText(bodyText(request));
}
