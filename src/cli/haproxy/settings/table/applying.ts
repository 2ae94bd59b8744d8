// Settings: where configs are written, and how HAProxy takes them (haproxy.md 10).
import type { Setting } from './setting.ts';

/** For commands that put configs into force. */
export const APPLYING = {
  'haproxy-config': {
    kind: 'path',
    value: '<file>',
    summary: 'The config that is written; default /etc/haproxy/haproxy.cfg.',
  },
  'haproxy-bin': {
    kind: 'path',
    value: '<file>',
    summary: 'HAProxy itself, for validation; default /usr/sbin/haproxy.',
  },
  'reload-cmd': {
    kind: 'text',
    char: 'c',
    value: '<command>',
    aliases: ['command'],
    summary: 'Reload by this command, run by sh.',
  },
  'systemd-unit': {
    kind: 'text',
    value: '<unit>',
    summary: 'Reload this unit; without another way to reload: haproxy.service.',
  },
  'master-socket': { kind: 'path', value: '<socket>', summary: "Reload through the master's socket (haproxy -S)." },
  'start-pidfile': {
    kind: 'path',
    value: '<file>',
    summary: 'Without a master: start HAProxy anew each time; it takes over from the processes of this pid file.',
  },
  pidfile: { kind: 'path', value: '<file>', summary: 'Reload by SIGUSR2 to the master of this pid file.' },
  'runtime-socket': {
    kind: 'path',
    value: '<socket>',
    summary: "HAProxy's stats socket; default /run/mctl-haproxy/admin.sock.",
  },
  runtime: { kind: 'switch', summary: 'Change servers without a reload where that can be done; default yes.' },
  'min-reload-interval': { kind: 'text', value: '<time>', summary: 'Reloads are at least this far apart; default 5s.' },
  'max-removal': {
    kind: 'text',
    value: '<percent>',
    summary: 'Losing more servers or services than this needs a second look, 30 s later; default 50.',
  },
  'archive-versions': { kind: 'text', value: '<number>', summary: 'Previous configs that are kept; default 5.' },
  'check-user': { kind: 'text', value: '<user>', summary: 'As root: haproxy -c runs as this user.' },
  'skip-validation': { kind: 'switch', summary: 'Do not ask haproxy -c first.' },
  'state-dir': {
    kind: 'path',
    value: '<dir>',
    summary: 'What one run leaves to the next; default /var/lib/mctl-haproxy.',
  },
  'lock-wait': { kind: 'text', value: '<time>', summary: 'Wait this long for another run to end; default not at all.' },
} as const satisfies Record<string, Setting>;
