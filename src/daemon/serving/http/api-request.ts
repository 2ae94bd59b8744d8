// A request as the routes of the schedulers' APIs see it. Paths are read leniently, as clients write them: doubled and trailing
// slashes are nothing, escapes are decoded, `True` is true (marathon.md 2).
import type { HttpRequest } from '../../../world/net.ts';

/** A request with its path in segments and its query decoded. */
export interface ApiRequest extends Pick<HttpRequest, 'method' | 'headers' | 'body' | 'remoteAddress' | 'target'> {
  /** As it came, without the query. */
  readonly path: string;
  /** `/v2/apps//a/b/` → `['v2', 'apps', 'a', 'b']`. */
  readonly segments: readonly string[];
  readonly query: Query;
}

/** Query parameters; a name may come several times. */
export class Query {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  /** `text`: what follows the `?`. */
  constructor(text: string) {
    const values = new Map<string, string[]>();
    for (const [name, value] of new URLSearchParams(text)) {
      const known = values.get(name);
      if (known === undefined) values.set(name, [value]);
      else known.push(value);
    }
    this.#values = values;
  }

  /** Every value of these names, in order. */
  all(...names: readonly string[]): readonly string[] {
    return names.flatMap((name) => this.#values.get(name) ?? []);
  }

  first(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  /**
   * A boolean, read as the original does: `true` in any case is true, other text is false, and no text is as if the
   * parameter was not there. Never refuses, since the original has no such refusal.
   */
  flag(name: string, byDefault = false): boolean {
    const text = this.first(name)?.trim() ?? '';
    return text === '' ? byDefault : text.toLowerCase() === 'true';
  }
}

/** Never throws; a path with a broken escape is kept as it came, and so names nothing that exists. */
export function apiRequest(request: HttpRequest): ApiRequest {
  const [withoutFragment = ''] = request.target.split('#', 1);
  const at = withoutFragment.indexOf('?');
  const path = at < 0 ? withoutFragment : withoutFragment.slice(0, at);
  const { method, headers, body, remoteAddress, target } = request;
  return {
    method,
    headers,
    body,
    remoteAddress,
    target,
    path,
    segments: decoded(path)
      .split('/')
      .filter((segment) => segment !== ''),
    query: new Query(at < 0 ? '' : withoutFragment.slice(at + 1)),
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Not an error worth another answer than that of a path that does not exist.
    return path;
  }
}
