// What an operator can do about a port of the balancer itself that cannot be bound (haproxy.md 10.6). Pure.

const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['frontend marathon_http_in', '--dont-bind-http-https leaves out ports 80 and 443'],
  ['frontend marathon_https_in', '--ssl-certs none leaves out port 443, --dont-bind-http-https 80 and 443'],
  ['frontend marathon_http_appid_in', '--app-id-port takes another port, or none'],
  ['listen stats', '--stats-bind takes another address or port'],
]);

/** In one line, for the bind in this line (from 1). */
export function remedyFor(config: string, line: number): string {
  const head = config
    .split('\n')
    .slice(0, line)
    .findLast((one) => /^\w/.test(one));
  return REMEDIES.get((head ?? '').trim()) ?? `free it, or change the template of "${head ?? ''}"`;
}
