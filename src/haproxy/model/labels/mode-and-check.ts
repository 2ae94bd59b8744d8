// Mode and health check of a service, which depend on each other (haproxy.md 3.2, 3.3, 7.1, 7.5).
import { parseInteger, parseMode } from '../../grammar/words.ts';
import type { BalancedApp } from '../balanced-app.ts';
import type { Service } from '../model.ts';
import type { BalancerOptions } from '../options.ts';
import { asServiceCheck, findCheck } from '../servers/service-check.ts';
import type { LabelReader } from './label-reader.ts';

/** haproxy.md 3.2 for `strictCompat`, else 3.3; and the check, which the one asks before the mode and the other after. */
export function readModeAndCheck(
  app: BalancedApp,
  labels: LabelReader,
  portIndex: number,
  hasHosts: boolean,
  options: BalancerOptions,
): { mode: Service['mode']; check?: Service['healthCheck']; checkIndex?: number } {
  const own = findCheck(app.lead, portIndex, options);
  const label = labels.typed('BACKEND_HEALTHCHECK_PORT_INDEX', (text) => parseInteger(text, 0, 9999));
  const checkIndex = own === undefined ? label : undefined;
  const check = own ?? (checkIndex === undefined ? undefined : findCheck(app.lead, checkIndex, options));
  const wanted = labels.typed('MODE', parseMode);
  let mode = wanted;
  if (options.strictCompat) {
    if (mode === undefined && own?.protocol === 'HTTP') mode = 'http';
    if (own === undefined && /^(?:MESOS_)?HTTPS?$/.test(check?.protocol ?? '')) mode = 'http';
    mode ??= hasHosts ? 'http' : 'tcp';
  }
  mode ??= hasHosts || check?.protocol === 'HTTP' || check?.protocol === 'MESOS_HTTP' ? 'http' : 'tcp';
  if (mode === 'tcp' && hasHosts && options.bindsHttp) {
    labels.leaveOut('MODE', 'tcp does not go with a VHOST, which is served over http; remove one of the two labels');
  }
  if (check === undefined) return { mode };
  const tell = (message: string) => labels.change(`healthChecks[${app.lead.healthChecks.indexOf(check)}]`, message);
  const serviceCheck = asServiceCheck(check, mode, options, tell);
  return checkIndex === undefined ? { mode, check: serviceCheck } : { mode, check: serviceCheck, checkIndex };
}
