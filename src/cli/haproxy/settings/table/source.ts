// Settings: which Marathons are asked, and with what credentials (haproxy.md 2.1).
import type { Setting } from './setting.ts';

/** For everything that asks Marathon. */
export const SOURCE = {
  marathon: {
    kind: 'list',
    char: 'm',
    value: '<url,…>',
    summary:
      'Marathons of one cluster, tried in this order (MCTL_MARATHON); default: that of the context or local cluster.',
  },
  'marathons-file': {
    kind: 'path',
    value: '<file>',
    summary: 'Marathons from a file, one host:port or URL a line, as the older bridge keeps them.',
  },
  'marathon-auth-credential-file': {
    kind: 'path',
    value: '<file>',
    summary: 'Basic auth for Marathon: a file with user:password.',
    aliases: ['auth-file'],
  },
  'token-file': {
    kind: 'path',
    value: '<file>',
    summary: 'Token for Marathon (Authorization: token=…): a file with it.',
  },
  'marathon-ca-cert': {
    kind: 'path',
    value: '<file>',
    summary: 'Certificates (PEM) to trust for https Marathons, beside those of the system.',
  },
  insecure: { kind: 'switch', summary: 'Take any certificate of an https Marathon.' },
} as const satisfies Record<string, Setting>;
