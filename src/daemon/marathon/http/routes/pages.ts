// What a browser finds: the bare /, /ui/, /help and /public (marathon.md 1.1). There is no UI yet; who comes by habit is
// told where to look meanwhile.
import type { HttpResponse } from '../../../../world/net.ts';
import { notFound } from '../../refusals.ts';
import { byMethod } from '../answers.ts';
import type { Resource } from '../service.ts';

const CONSOLE = ['api', 'console'];

/** The bare address leads to the UI, as it always did. */
export const rootRoute: Resource = (request) => byMethod(request.method, { GET: () => redirect('/ui/') });

/** The one page, under the names it had: a directory, and its index. */
export const uiRoute: Resource = (request, rest) => {
  if (rest.length > 0 && rest.join('/') !== 'index.html') throw notFound('URI not found');
  return byMethod(request.method, {
    GET: () => (request.path.endsWith('/ui') ? redirect('/ui/') : html(UI_PAGE)),
  });
};

/** Leads to the description of the API. */
export const helpRoute: Resource = (request, rest) => {
  if (rest.length > 0) throw notFound('URI not found');
  return byMethod(request.method, { GET: () => redirect(`/public/${CONSOLE.join('/')}/index.html`) });
};

/** Holds nothing but the description of the API. */
export const publicRoute: Resource = (request, rest) => {
  const [first, second, page = 'index.html', ...more] = rest;
  const isConsole = first === CONSOLE[0] && second === CONSOLE[1] && page === 'index.html' && more.length === 0;
  if (!isConsole) throw notFound('URI not found');
  return byMethod(request.method, { GET: () => html(HELP_PAGE) });
};

function redirect(location: string): HttpResponse {
  return { status: 302, headers: { location } };
}

function html(body: string): HttpResponse {
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

const UI_PAGE =
  '<!doctype html><title>Marathon</title><p>There is no web page yet. Try <code>mctl app list</code>, ' +
  'or the API at <a href="/v2/apps">/v2/apps</a>.</p>\n';

const PATHS = [
  '/v2/apps',
  '/v2/groups',
  '/v2/tasks',
  '/v2/deployments',
  '/v2/queue',
  '/v2/info',
  '/v2/leader',
  '/v2/plugins',
  '/v2/events',
  '/ping',
  '/metrics',
  '/metrics/prometheus',
  '/logging',
  '/config',
];
const HELP_PAGE =
  '<!doctype html><title>Marathon: API</title><h1>API</h1><ul>' +
  `${PATHS.map((path) => `<li><a href="${path}"><code>${path}</code></a></li>`).join('')}</ul>\n`;
