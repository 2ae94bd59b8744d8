// Where requests go that only the leader answers (mesos-api.md 2.7–2.9). Locations are protocol-relative, as clients expect.
import type { HttpResponse } from '../../../world/net.ts';
import { notFound, serviceUnavailable, temporaryRedirect } from './responses.ts';
import type { RoutedRequest } from './router.ts';

/** Address of a leader as it announces itself. */
export interface LeaderAddress {
  readonly hostname: string;
  readonly port: number;
}

/** To the same path and query on the leader; 503 when nobody leads. */
export function redirectToLeader(leader: LeaderAddress | undefined, request: RoutedRequest): HttpResponse {
  if (leader === undefined) return serviceUnavailable('No leader elected');
  return temporaryRedirect(`//${leader.hostname}:${leader.port}${request.target}`);
}

/** `/redirect`: to the leader without a path, from the leader too. */
export function redirectEndpoint(leader: LeaderAddress | undefined, request: RoutedRequest): HttpResponse {
  if (request.subpath !== '') return notFound();
  if (leader === undefined) return serviceUnavailable('No leader elected');
  return temporaryRedirect(`//${leader.hostname}:${leader.port}`);
}
