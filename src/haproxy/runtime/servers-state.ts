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
/** What is read of each line, by the column it stands in. */
const COLUMNS = {
  backend: 'be_name',
  id: 'srv_id',
  name: 'srv_name',
  address: 'srv_addr',
  operational: 'srv_op_state',
  admin: 'srv_admin_state',
  weight: 'srv_uweight',
  initialWeight: 'srv_iweight',
  port: 'srv_port',
};
type Places = Readonly<Record<keyof typeof COLUMNS | 'end', number>>;

/** Reads the whole answer. Throws RuntimeError `unexpected` for another version of the format. */
export function parseServersState(text: string): RunningServer[] {
  const [version, header, ...lines] = text.split('\n');
  if (version?.trim() !== '1' || header === undefined || !header.startsWith('# ')) {
    throw new RuntimeError('unexpected', `"show servers state" answered ${JSON.stringify(text.slice(0, 120))}`);
  }
  const places = placesOf(header.slice(2).trim().split(' '));
  return lines.filter((line) => line.trim() !== '').map((line) => toServer(line, places));
}

function placesOf(names: readonly string[]): Places {
  const places: [string, number][] = [];
  for (const [field, column] of Object.entries(COLUMNS)) {
    const place = names.indexOf(column);
    if (place === -1) throw new RuntimeError('unexpected', `"show servers state" has no column ${column}`);
    places.push([field, place]);
  }
  const end = 1 + Math.max(...places.map(([, place]) => place));
  return Object.fromEntries([...places, ['end', end]]) as Places;
}

/** There may be tens of thousands of lines: what stands behind the last column of ours is not even cut into words. */
function toServer(line: string, at: Places): RunningServer {
  const fields = line.split(' ', at.end);
  const admin = Number(fields[at.admin]);
  return {
    backend: fields[at.backend] ?? '',
    name: fields[at.name] ?? '',
    id: Number(fields[at.id]),
    address: fields[at.address] ?? '',
    port: Number(fields[at.port]),
    isInMaintenance: (admin & FORCED_MAINTENANCE) !== 0,
    isDrained: (admin & FORCED_DRAIN) !== 0,
    isUp: Number(fields[at.operational]) === RUNNING,
    weight: Number(fields[at.weight]),
    initialWeight: Number(fields[at.initialWeight]),
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
