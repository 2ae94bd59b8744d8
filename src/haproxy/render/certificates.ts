// What stands behind `ssl` of port 443: certificates and protocols (haproxy.md 6.12, 9). The first certificate is for clients
// that name no host.
import { dirname } from 'node:path';
import type { BalancerOptions } from '../model/options.ts';
import { configWord } from './words.ts';

/** File beside the config that lists certificates, one a line. */
const LIST = 'certificates.list';
/** Two words each, and HAProxy takes 64 a line. */
const MOST_ON_A_LINE = 25;

/** Words of the bind line for these certificates; all of the operator's, if none are given. */
export function certificateWords(options: BalancerOptions, certificates = options.certificates): string {
  const isListed = certificates === options.certificates && isByList(options);
  const words = isListed
    ? [`crt-list ${configWord(`${dirname(options.configPath)}/${LIST}`)}`]
    : certificates.map((path) => `crt ${configWord(path)}`);
  if (options.alpn.length > 0) words.push(`alpn ${options.alpn.join(',')}`);
  return words.join(' ');
}

/** Content of the list; empty where the bind line holds them all. */
export function certificateList(options: BalancerOptions): string {
  return isByList(options) ? options.certificates.map((path) => `${path}\n`).join('') : '';
}

/** A list knows no way to write a blank within a path. */
function isByList({ certificates }: BalancerOptions): boolean {
  return certificates.length > MOST_ON_A_LINE && certificates.every((path) => /^[^\s[\]#]+$/.test(path));
}
