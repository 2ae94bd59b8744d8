// Applying without a group would be applying an empty config over what runs.
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';
import type { BalancerSettings } from './settings.ts';

/** For what applies; `render` and `diff` only show. Throws Problem `usage`. */
export function requireGroup({ options }: BalancerSettings): void {
  if (options.groups.length > 0) return;
  throw new Problem(EXIT.usage, {
    what: 'No --group was given, so nothing would be served.',
    why: 'An app is served by the balancers of its label HAPROXY_GROUP.',
    next: '--group external      (or --group "*" for every app)',
  });
}
