// Registries for tests, on loopback: Debian's docker-registry, and one of our own that can be told not to answer.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../ports.ts';

const PROGRAM = '/usr/bin/docker-registry';
/** Where Debian's package of it is installed. */
export const hasRegistry = existsSync(PROGRAM);

/** Who may use a registry that asks: `team`, with this password. */
export const PASSWORD = 'pass:w0rd';
const HTPASSWD = 'team:$2b$04$TRP/h5w.MTT/VZFdzBMIie4lKD2bF1l/G5yaw6yzmqIzgkrir/VGq\n';
export const LOGIN = Buffer.from(`team:${PASSWORD}`).toString('base64');

/** A real one. */
export class Registry {
  readonly host: string;
  readonly #child: ChildProcess;
  readonly #asks: boolean;

  private constructor(host: string, child: ChildProcess, asks: boolean) {
    this.host = host;
    this.#child = child;
    this.#asks = asks;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  /** `asks`: who one is. */
  static async start(directory: string, { asks = false } = {}): Promise<Registry> {
    for (let tries = 0; tries < 5; tries++) {
      const host = `127.0.0.1:${await freePort()}`;
      const settings = join(directory, 'registry.yml');
      const passwords = join(directory, 'htpasswd');
      await writeFile(passwords, HTPASSWD);
      const lines = [
        'version: 0.1',
        'log: {level: error}',
        `storage: {filesystem: {rootdirectory: ${directory}/registry}}`,
        `http: {addr: "${host}"}`,
        ...(asks ? [`auth: {htpasswd: {realm: tests, path: ${passwords}}}`] : []),
      ];
      await writeFile(settings, `${lines.join('\n')}\n`);
      const child = spawn(PROGRAM, ['serve', settings], { stdio: 'ignore' });
      const ended = new Promise<false>((resolve) => child.once('exit', () => resolve(false)));
      if (await Promise.race([ended, answers(`http://${host}/v2/`)])) return new Registry(host, child, asks);
      child.kill('SIGKILL');
    }
    throw new Error('the registry does not start');
  }

  /** What an archive has, under a name of the registry's. */
  push(archive: string, name: string, options: readonly string[] = []): void {
    const login = this.#asks ? ['--dest-creds', `team:${PASSWORD}`] : [];
    const to = [`docker-archive:${archive}`, `docker://${this.host}/${name}`];
    const copy = ['copy', '-q', '--insecure-policy', '--dest-tls-verify=false', ...login, ...options, ...to];
    execFileSync('skopeo', copy, { stdio: 'pipe' });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    await new Promise((resolve) => {
      this.#child.once('exit', resolve);
      this.#child.kill('SIGKILL');
    });
  }
}

/** False when nobody answers in time. */
async function answers(url: string): Promise<boolean> {
  for (let tries = 0; tries < 1_200; tries++) {
    const status = await fetch(url).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200 || status === 401) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}

/** Says who it is and answers nothing else: requests wait until their client hangs up. */
export class SilentRegistry {
  readonly #server: Server;
  readonly requests: IncomingMessage[] = [];
  /** Of requests that wait. */
  waiting = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start({ asks = false } = {}): Promise<SilentRegistry> {
    const server = createServer();
    const registry = new SilentRegistry(server);
    server.on('request', (request, response) => {
      registry.requests.push(request);
      if (asks && request.headers.authorization !== `Basic ${LOGIN}`) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="tests"' }).end();
        return;
      }
      if (request.url === '/v2/') {
        response.end('{}');
        return;
      }
      registry.waiting += 1;
      request.socket.once('close', () => {
        registry.waiting -= 1;
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
