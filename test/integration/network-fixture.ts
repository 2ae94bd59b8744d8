// Networks for tests on this very machine: a subnet of their own, what listens in a container, and what must not be left.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { interfaceNameOf, parseSubnet, type Subnet } from '../../src/daemon/agent/containers/network/subnet.ts';
import { freePort } from '../ports.ts';

export const PLUGINS = '/usr/lib/cni';
const NEEDED = ['ip', 'iptables', 'flock', 'curl', 'python3', `${PLUGINS}/bridge`, `${PLUGINS}/portmap`];

/** Which programs are missing; those of CNI come with Debian's containernetworking-plugins. */
export function missingForNetworks(): string[] {
  return NEEDED.filter((program) => spawnSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', program]).status !== 0);
}

/** Why tests of networks cannot run here; undefined when they can. */
export function whyNoNetworks(): string | undefined {
  const missing = missingForNetworks();
  if (process.getuid?.() !== 0) return 'only root can make network namespaces';
  return missing.length === 0 ? undefined : `${missing.join(', ')} is missing`;
}

/** One that no other test has; several processes run tests at the same time. A port that is nobody else's is its number. */
export async function ownSubnet(): Promise<{
  readonly text: string;
  readonly subnet: Subnet;
  readonly prefix: string;
}> {
  const number = await freePort();
  const prefix = `10.${224 + ((number >> 8) % 32)}.${number % 256}.`;
  const text = `${prefix}0/24`;
  return { text, subnet: parseSubnet(text), prefix };
}

/** What is left on the machine of containers in that subnet, or of namespaces and leases below the directory. */
export function traces({ subnet, prefix }: { subnet: Subnet; prefix: string }, directory: string): string[] {
  const device = interfaceNameOf(subnet);
  const rules = ['nat', 'raw', 'filter'].flatMap((table) => lines('iptables', '-w', '-t', table, '-S'));
  return [
    ...lines('ip', '-o', 'link').filter((line) => line.includes(device)),
    ...rules.filter((rule) => rule.includes(prefix) || rule.includes(device)),
    ...readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes(directory)),
    ...[`${directory}/machine`, '/run/mctl/networks'].map((of) => `${of}/${device}`).filter((path) => existsSync(path)),
    ...lines('find', `${directory}/networks`, '-mindepth', '2').filter(Boolean),
  ];
}

/** Serves the directory it is run in. */
export const serve = (port: number): string => `exec python3 -u -m http.server ${port} --bind 0.0.0.0`;

/** The status that a GET gets, or 0 without an answer. `from`: options of curl. */
export function status(url: string, ...from: string[]): number {
  const { stdout } = spawnSync('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', '-m', '10', ...from, url]);
  return Number(stdout.toString());
}

function lines(program: string, ...rest: string[]): string[] {
  try {
    return execFileSync(program, rest, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n');
  } catch {
    // A table that is not there has no rules, and a directory that is not there has no files.
    return [];
  }
}
