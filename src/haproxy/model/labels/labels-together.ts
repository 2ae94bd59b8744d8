// Labels that mean nothing without others, or with them (haproxy.md 3, 17.7).
import type { Service } from '../model.ts';
import type { BalancerOptions } from '../options.ts';
import type { LabelReader } from './label-reader.ts';

const HTTP_ONLY: readonly string[] = [
  'USE_HSTS',
  'HTTP_BACKEND_PROXYPASS_PATH',
  'HTTP_BACKEND_REVPROXY_PATH',
  'HTTP_BACKEND_REDIR',
];

/** Tells them, and leaves the service out where a password would not be asked for: that is no trifle. */
export function checkTogether(
  service: { -readonly [K in keyof Service]: Service[K] },
  labels: LabelReader,
  options: BalancerOptions,
): void {
  const hasHosts = service.virtualHosts.length > 0;
  if (service.mode === 'tcp') {
    if (labels.has('AUTH')) {
      labels.leaveOut(
        'AUTH',
        'cannot be asked for in tcp mode; set MODE http, or remove the label to serve without password',
      );
    }
    for (const name of HTTP_ONLY) if (labels.has(name)) labels.warn(name, 'means nothing in tcp mode; set MODE http');
    service.usesHsts = false;
  }
  if (!hasHosts && !labels.isUnfit) {
    if (labels.has('PATH')) labels.warn('PATH', 'needs VHOST beside it, and is ignored');
    if (labels.has('REDIRECT_TO_HTTPS')) labels.warn('REDIRECT_TO_HTTPS', 'needs VHOST beside it, and is ignored');
  }
  if (service.hasFrontend) return;
  if (!hasHosts) labels.warn('EXPOSE_PORT', 'needs VHOST beside it, or nobody gets in by host or port');
  else if (!options.bindsHttp) {
    labels.warn('EXPOSE_PORT', 'leaves no way in, because this balancer does not serve 80 and 443');
  }
}
