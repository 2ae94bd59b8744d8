// The table that HAProxy answers to `show stat` (haproxy.md 16.7): its servers.
import type { BackendRow } from '../../view/model.ts';

/** An answer that is no such table. */
export class StatError extends Error {
  override readonly name = 'StatError';
  readonly code = 'unreadable';
}

/** Frontends and sums over backends are left out. Throws StatError. */
export function backendRows(csv: string): BackendRow[] {
  const [header = '', ...lines] = csv.split('\n');
  if (!header.startsWith('# pxname,svname,')) throw new StatError('HAProxy did not answer with its statistics');
  const names = header.slice(2).split(',');
  const column = (name: string): number => names.indexOf(name);
  const [status, sessions, rate, connectErrors, responseErrors, weight] = [
    column('status'),
    column('scur'),
    column('rate'),
    column('econ'),
    column('eresp'),
    column('weight'),
  ];
  const rows: BackendRow[] = [];
  for (const line of lines) {
    if (line.trim() === '') continue;
    // Texts with commas of their own are quoted, and stand behind all that is read here.
    const fields = line.split(',');
    const [backend = '', server = ''] = fields;
    if (server === 'FRONTEND' || server === 'BACKEND' || server === '') continue;
    const state = fields[status] ?? '';
    rows.push({
      id: `${backend}/${server}`,
      backend,
      server,
      state,
      sessions: count(fields[sessions]),
      requestsPerSecond: count(fields[rate]),
      errors: sum(count(fields[connectErrors]), count(fields[responseErrors])),
      isDraining: /^(DRAIN|MAINT)/.test(state) || (count(fields[weight]) === 0 && state.startsWith('UP')),
    });
  }
  return rows;
}

function count(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
}
