// The head of the file: what the operator's options are in HAProxy's words (haproxy.md 9).
import type { BalancerOptions } from '../model/options.ts';
import type { Template } from './templates/template.ts';
import { configWord, quotedWord } from './words.ts';

const FRONTEND_CONNECTIONS = 10_000;

/** Lines whose placeholder came to nothing are gone. */
export function headText(template: Template, options: BalancerOptions): string {
  const auth = options.statsAuth ?? (options.style === 'bridge' ? { user: 'admin', password: 'admin' } : undefined);
  const stateFile = options.serverStateFile;
  const text = template.fill({
    maxConnections: String(options.maxConnections),
    frontendMaxConnections: String(Math.min(FRONTEND_CONNECTIONS, options.maxConnections)),
    runtimeSocket: configWord(options.runtimeSocket),
    hardStopAfter: configWord(options.hardStopAfter),
    maxReloads: options.maxReloads === 'none' ? '' : `mworker-max-reloads ${options.maxReloads}`,
    serverStateFile: stateFile === undefined ? '' : `server-state-file ${configWord(stateFile)}`,
    loadServerState: stateFile === undefined ? '' : 'load-server-state-from-file global',
    globalLog: below(options.logsTo === undefined ? [] : logLines(options.logsTo)),
    defaultOptions: below([...new Set(options.defaultOptions)].sort().map((option) => `option ${option}`)),
    statsBind: configWord(options.statsBind),
    statsUsers:
      auth === undefined
        ? ''
        : `userlist mctl_stats\n  user ${quotedWord(auth.user)} insecure-password ${quotedWord(auth.password)}\n\n`,
    // A rule and not `stats auth`, so that /metrics asks too.
    statsAuth: auth === undefined ? '' : 'http-request auth realm stats unless { http_auth(mctl_stats) }',
  });
  return text.replace(/^[ \t]+\n/gm, '');
}

function logLines(target: string): string[] {
  return [`log ${configWord(target)} local0`, `log ${configWord(target)} local1 notice`];
}

/** Lines below the first get the indentation that the template gave to that. */
function below(lines: readonly string[]): string {
  return lines.join('\n  ');
}
