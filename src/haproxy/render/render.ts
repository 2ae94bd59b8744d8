// From what the balancer is to do to what HAProxy reads: the order of the file (haproxy.md 5.1). Pure and deterministic.
import type { BalancerModel, Problem } from '../model/model.ts';
import type { BalancerOptions } from '../model/options.ts';
import type { Rendered } from './rendered.ts';
import type { Templates } from './templates/templates.ts';

/** What came out, and the services that are not in it or not as their labels say. */
export interface Rendering {
  readonly rendered: Rendered;
  readonly problems: readonly Problem[];
}

/**
 * Renders. A service whose own templates are wrong is left out and named, the others are not touched by it (haproxy.md 4.1).
 * What a service came to is kept for as long as the same `Service`, `options` and `templates` values come back, so an
 * unchanged service costs nothing the next time.
 */
export type Render = (model: BalancerModel, options: BalancerOptions, templates: Templates) => Rendering;
