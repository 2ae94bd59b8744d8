// A refusal that ends the handling of a request from wherever it is found out.
import type { HttpResponse } from '../../../world/net.ts';
import { refusal } from './responses.ts';

/** Thrown by handlers; the service answers with `response`. */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal';
  readonly code: number;
  readonly response: HttpResponse;
  constructor(status: number, text: string) {
    super(text);
    this.code = status;
    this.response = refusal(status, text);
  }
}
