// `node bench/index.ts <name> [--json] [--quick]`: prints our figures beside the recorded ones of the originals. Fails when
// the replayed work comes out wrong, never because of a time.
import { cpus, loadavg } from 'node:os';
import process from 'node:process';
import type { Bench, BenchRow } from './row.ts';

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  allocator: async () => (await import('./allocator.ts')).run,
  checks: async () => (await import('./checks.ts')).run,
  chronos: async () => (await import('./chronos.ts')).run,
  codec: async () => (await import('./codec.ts')).run,
  failover: async () => (await import('./failover.ts')).run,
  haproxy: async () => (await import('./haproxy.ts')).run,
  marathon: async () => (await import('./marathon.ts')).run,
  master: async () => (await import('./master.ts')).run,
  state: async () => (await import('./state.ts')).run,
  tasks: async () => (await import('./tasks.ts')).run,
  top: async () => (await import('./top.ts')).run,
};

const args = process.argv.slice(2);
const json = args.includes('--json');
const quick = args.includes('--quick');
const names = args.filter((arg) => !arg.startsWith('--'));
const unknown = names.filter((name) => BENCHES[name] === undefined);

if (names.length === 0 || unknown.length > 0) {
  process.stderr.write(
    `Which benchmark? One or more of: ${Object.keys(BENCHES).join(', ')}. Options: --json --quick\n`,
  );
  process.exitCode = 2;
} else {
  process.stderr.write(
    `# ${cpus().length} × ${cpus()[0]?.model ?? 'unknown cpu'}, node ${process.version}, load ${loadavg()[0]?.toFixed(1)} before\n`,
  );
  if (!json) process.stdout.write(`${line(['scenario', 'ours', 'reference', 'unit', 'times better'])}\n`);
  for (const name of names) {
    const bench = await BENCHES[name]?.();
    if (bench === undefined) continue;
    for await (const row of await bench({ quick, note: (text) => process.stderr.write(`# ${text}\n`) })) print(row);
  }
}

function print(row: BenchRow): void {
  if (json)
    process.stdout.write(`${JSON.stringify({ ...row, reference: row.reference ?? null, ratio: row.ratio ?? null })}\n`);
  else process.stdout.write(`${line([row.scenario, row.ours, row.reference ?? '-', row.unit, row.ratio ?? '-'])}\n`);
}

function line(cells: readonly (string | number)[]): string {
  const [scenario, ...rest] = cells;
  return String(scenario).padEnd(52) + rest.map((cell) => String(cell).padStart(13)).join('');
}
