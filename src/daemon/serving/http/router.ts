// Which handler answers which path. A route answers its path and everything below it, the longest route wins
// (`/api/v1/foo` is `/api/v1`, mesos-observed.md 2), and every route exists bare and under the process ids of its daemon
// (`/master/state`, `/slave(1)/state`; mesos-api.md 2.11).
import type { HttpRequest, HttpResponse } from '../../../world/net.ts';
import { methodNotAllowed, notFound } from './responses.ts';
import { parseTarget } from './target.ts';

/** A request as handlers see it: routed and decoded. */
export interface RoutedRequest extends HttpRequest {
  /** Decoded path without the process id, e.g. `/quota/web`. */
  readonly path: string;
  /** What follows the route's own path, e.g. `/web`; empty when it is the route itself. */
  readonly subpath: string;
  readonly query: ReadonlyMap<string, string>;
}

/** One endpoint. Guard first, then the method, then the handler. */
export interface Route {
  /** Starts with `/`, no process id, e.g. `/state`. */
  readonly path: string;
  /** Other methods are refused with 405; absent = every method is taken (GET endpoints of the original take POST too). */
  readonly methods?: readonly string[];
  /** Answers the path alone and nothing below it. */
  readonly exact?: boolean;
  /** Looked at before the method: answers instead of the route (leader redirect, recovery), or lets it go on. */
  readonly guard?: (request: RoutedRequest) => HttpResponse | undefined;
  readonly handle: (request: RoutedRequest) => HttpResponse | Promise<HttpResponse>;
}

/** A path without a route is refused with 404. */
export class Router {
  readonly #routes = new Map<string, Route>();
  readonly #processIds: readonly string[];

  /** `processIds`: first path segments that are taken away before routing, e.g. `['master']`, `['slave(1)']`. */
  constructor(processIds: readonly string[]) {
    this.#processIds = processIds;
  }

  /** Adds routes; a path that is there already is replaced. */
  add(...routes: readonly Route[]): this {
    for (const route of routes) this.#routes.set(route.path, route);
    return this;
  }

  /** Answers a request, 404 and 405 included. */
  handle(request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    const target = parseTarget(request.target);
    if (target.path === undefined || !target.path.startsWith('/')) return notFound();
    const path = this.#withoutProcessId(target.path);
    const route = this.#find(path);
    if (route === undefined) return notFound();
    const subpath = route.path === '/' ? '' : path.slice(route.path.length);
    const routed: RoutedRequest = { ...request, path, subpath, query: target.query };
    const instead = route.guard?.(routed);
    if (instead !== undefined) return instead;
    if (route.methods !== undefined && !route.methods.includes(request.method)) {
      return methodNotAllowed(route.methods, request.method);
    }
    return route.handle(routed);
  }

  #withoutProcessId(path: string): string {
    for (const id of this.#processIds) {
      if (path === `/${id}`) return '/';
      if (path.startsWith(`/${id}/`)) return path.slice(id.length + 1);
    }
    return path;
  }

  #find(path: string): Route | undefined {
    const whole = this.#routes.get(path);
    if (whole !== undefined) return whole;
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const route = this.#routes.get(path.slice(0, end));
      if (route !== undefined && !route.exact) return route;
    }
    return undefined;
  }
}
