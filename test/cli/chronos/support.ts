// A client of a Chronos of which only the border is real, without a network between them.
import { ChronosClient } from '../../../src/client/chronos.ts';
import type { ClientRequest, ClientResponse, Net } from '../../../src/world/net.ts';
import { FakeChronos } from '../../daemon/chronos/http/support/fake-core.ts';

/** Both ends; `only`: paths that are there, others are 404. */
export function chronosAndClient(only: (target: string) => boolean = () => true) {
  const chronos = new FakeChronos();
  const request = async ({ method, url, body, headers }: ClientRequest): Promise<ClientResponse> => {
    const { pathname, search } = new URL(url);
    if (!only(pathname)) return { status: 404, headers: {}, body: new Uint8Array() };
    const answer = await chronos.ask(method, `${pathname}${search}`, body?.toString(), headers ?? {});
    return { status: answer.status, headers: answer.headers, body: new TextEncoder().encode(answer.text) };
  };
  const net: Pick<Net, 'request'> = { request };
  return { chronos, client: new ChronosClient({ net: net as Net, addresses: ['10.0.0.1:4400'] }) };
}
