// Settings of `sync` and `watch` alone (haproxy.md 13, 15).
import type { Setting } from './setting.ts';

/** For `sync`, most of them for `watch` too. */
export const RUNNING = {
  splay: {
    kind: 'text',
    value: '<time>',
    summary: 'Begin after a random delay of up to this, so that many balancers do not ask at once.',
  },
  'metrics-file': { kind: 'path', value: '<file>', summary: 'Write metrics there, in the text format of Prometheus.' },
  syslog: {
    kind: 'switch',
    summary: 'Say what was done, and what failed, in the system log too; default for sync --quiet.',
  },
  'strict-exit': { kind: 'switch', summary: 'Exit with 1 when a service is left out, though all others are in order.' },
} as const satisfies Record<string, Setting>;

/** For `watch` alone. */
export const WATCHING = {
  listen: {
    kind: 'text',
    value: '<address:port>',
    summary: 'Where watch itself shows config, maps and metrics; default 127.0.0.1:9092; off: nowhere.',
  },
  'signal-token-file': { kind: 'path', value: '<file>', summary: 'POST /_mlb_signal/… needs the token in this file.' },
} as const satisfies Record<string, Setting>;
