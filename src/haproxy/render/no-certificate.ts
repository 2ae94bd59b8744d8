// Port 443 that is not there though services would be behind it, because nobody named a certificate (haproxy.md 6.12).
import type { Problem } from '../model/model.ts';
import type { BalancerOptions } from '../model/options.ts';
import type { ServiceText } from './service/service-text.ts';

/** Told once, for the first of them; nothing where nobody misses anything. */
export function missingCertificate(
  texts: readonly ServiceText[],
  { missingCertificates, bindsHttp }: BalancerOptions,
  bindsHttps: boolean,
): Problem | undefined {
  if (missingCertificates === undefined || !bindsHttp || bindsHttps) return undefined;
  const behind = texts.filter(({ service }) => service.virtualHosts.length > 0);
  const [first] = behind;
  if (first === undefined) return undefined;
  const { appId, portIndex } = first.service;
  const others = behind.length === 1 ? '' : `, nor for ${behind.length - 1} more`;
  const redirects = behind.some(({ service }) => service.redirectsToHttps);
  const instead = redirects ? '; port 80 serves what it would redirect' : '';
  const message = `there is no port 443 for it${others}: no certificate at ${missingCertificates.join(', ')}${instead}; name one with --ssl-certs, or say --ssl-certs none`;
  return { appId, portIndex, where: `HAPROXY_${portIndex}_VHOST`, effect: 'warning', message };
}
