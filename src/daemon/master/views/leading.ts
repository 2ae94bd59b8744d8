// Which requests only the leader answers, and when (mesos-api.md 2.7–2.10).
import type { HttpResponse } from '../../../world/net.ts';
import { type LeaderAddress, redirectToLeader } from '../../serving/http/leader-redirect.ts';
import { serviceUnavailable } from '../../serving/http/responses.ts';
import type { RoutedRequest } from '../../serving/http/router.ts';
import type { ViewContext } from './control.ts';

type Leading = Pick<ViewContext, 'leader' | 'isLeading' | 'mayAct' | 'state'>;

/** Clients of ours know a passing uncertainty by how this begins, keep their subscriptions and try again. */
const NOT_CERTAIN = 'Not certain to lead: the election does not answer, try again';

/** Guard of the endpoints that only the leader answers, while nobody else can lead. */
export function leaderGuard(context: Leading): (request: RoutedRequest) => HttpResponse | undefined {
  return (request) => {
    if (!context.isLeading()) return redirectToLeader(leaderAddress(context), request);
    return context.mayAct() ? undefined : serviceUnavailable(NOT_CERTAIN);
  };
}

/** Guard of the v1 calls, which also wait for the registry to be read. */
export function recoveredLeaderGuard(context: Leading): (request: RoutedRequest) => HttpResponse | undefined {
  const isLeader = leaderGuard(context);
  return (request) => {
    const instead = isLeader(request);
    if (instead !== undefined) return instead;
    return context.state.recovered ? undefined : serviceUnavailable('Master has not finished recovery');
  };
}

/** Where the leader is; undefined while nobody is known to lead. */
export function leaderAddress(context: Pick<ViewContext, 'leader'>): LeaderAddress | undefined {
  const leader = context.leader();
  return leader && { hostname: leader.hostname ?? '', port: leader.port };
}
