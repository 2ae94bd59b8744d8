// Paths and who answers them. `:name` stands for one segment; of two that fit the one that stands first answers.
import type { HttpResponse } from '../../../world/net.ts';
import { HttpProblem, noSuchPath } from './answers.ts';
import type { ApiRequest } from './request.ts';

/** `parameters`: the segments that stood for names, in order. */
export type Answerer = (request: ApiRequest, ...parameters: string[]) => HttpResponse | Promise<HttpResponse>;

/** By method. GET answers HEAD too; the listener leaves the body out. */
export type Methods = Readonly<Record<string, Answerer>>;

/** `jobs/:name/runs` → who answers. */
export type Paths = Readonly<Record<string, Methods>>;

/** Who answers a request. `path` as in Paths, so that there are not more of them than routes. */
export interface Found {
  readonly method: string;
  readonly path: string;
  readonly answer: () => HttpResponse | Promise<HttpResponse>;
}

interface Entry {
  readonly segments: readonly string[];
  readonly methods: Methods;
}

/** All paths below one prefix. */
export class PathTable {
  readonly #entries: readonly Entry[];

  constructor(paths: Paths) {
    this.#entries = Object.entries(paths).map(([path, methods]) => ({
      segments: path === '' ? [] : path.split('/'),
      methods,
    }));
  }

  /** `rest`: what follows the prefix. Throws HttpProblem 404, 405. */
  find(request: ApiRequest, rest: readonly string[]): Found {
    const entry = this.#entries.find(({ segments }) => fits(segments, rest));
    if (entry === undefined) throw noSuchPath();
    const { method } = request;
    const answerer = entry.methods[method] ?? (method === 'HEAD' ? entry.methods.GET : undefined);
    const path = entry.segments.join('/');
    const found = (answer: Found['answer']): Found => ({ method, path, answer });
    if (answerer !== undefined)
      return found(() => answerer(request, ...rest.filter((_, at) => entry.segments[at]?.startsWith(':'))));
    const allow = [...Object.keys(entry.methods), ...(entry.methods.GET ? ['HEAD'] : []), 'OPTIONS'].join(', ');
    if (method === 'OPTIONS') return found(() => ({ status: 200, headers: { allow } }));
    throw new HttpProblem(405, `${allow} are taken here, not ${method}`, { allow });
  }
}

function fits(pattern: readonly string[], rest: readonly string[]): boolean {
  return pattern.length === rest.length && pattern.every((one, at) => one.startsWith(':') || one === rest[at]);
}
