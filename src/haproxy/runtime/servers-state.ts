// The table of `show servers state` (haproxy.md 11.7): what each server of the running process is, and which lines of it
// may be given to the next process (12.9).
import { RuntimeError } from './runtime-error.ts';

/** One server, as the running process has it. */
export interface RunningServer {
  readonly backend: string;
  readonly name: string;
  readonly id: number;
  /** Without brackets. `-` where HAProxy has none. */
  readonly address: string;
  readonly port: number;
  /** Forced maintenance, whether by the file or by a command. */
  readonly isInMaintenance: boolean;
  /** Takes clients with a cookie only: somebody said so by hand. */
  readonly isDrained: boolean;
  readonly isUp: boolean;
  /** Now, and as configured. */
  readonly weight: number;
  readonly initialWeight: number;
  /** The line itself, for a state file. */
  readonly line: string;
}

const FORCED_MAINTENANCE = 1;
const FORCED_DRAIN = 8;
const RUNNING = 2;
const COLUMNS = [
  'be_name',
  'srv_id',
  'srv_name',
  'srv_addr',
  'srv_op_state',
  'srv_admin_state',
  'srv_uweight',
  'srv_iweight',
  'srv_port',
] as const;

/** Reads the whole answer. Throws RuntimeError `unexpected` for another version of the format. */
export function parseServersState(text: string): RunningServer[] {
  const [version, header, ...lines] = text.split('\n');
  if (version?.trim() !== '1' || header === undefined || !header.startsWith('# ')) {
    throw new RuntimeError('unexpected', `"show servers state" answered ${JSON.stringify(text.slice(0, 120))}`);
  }
  const names = header.slice(2).trim().split(' ');
  const at = COLUMNS.map((column) => names.indexOf(column));
  const missing = COLUMNS.find((_, index) => at[index] === -1);
  if (missing !== undefined) {
    throw new RuntimeError('unexpected', `"show servers state" has no column ${missing}`);
  }
  return lines.filter((line) => line.trim() !== '').map((line) => toServer(line, at));
}

function toServer(line: string, at: readonly number[]): RunningServer {
  const fields = line.split(' ');
  const [backend, id, name, address, operational, admin, weight, initialWeight, port] = at.map(
    (index) => fields[index] ?? '',
  ) as [string, string, string, string, string, string, string, string, string];
  return {
    backend,
    name,
    id: Number(id),
    address,
    port: Number(port),
    isInMaintenance: (Number(admin) & FORCED_MAINTENANCE) !== 0,
    isDrained: (Number(admin) & FORCED_DRAIN) !== 0,
    isUp: Number(operational) === RUNNING,
    weight: Number(weight),
    initialWeight: Number(initialWeight),
    line,
  };
}

/**
 * A state file out of a dump: those lines only that cannot contradict the file that is about to be loaded. HAProxy believes a
 * state file more than its configuration, address and maintenance included (haproxy.md 12.9, 23.4).
 */
export function stateFileText(dump: string, mayKeep: (server: RunningServer) => boolean): string {
  const head = dump.split('\n', 2);
  const kept = parseServersState(dump).filter(mayKeep);
  return [...head, ...kept.map((server) => server.line), ''].join('\n');
}
