// The admin socket of the running worker: what it has, and changes of single servers (haproxy.md 11).
import type { Net } from '../../world/net.ts';
import { ask } from './ask.ts';
import { addText, type RuntimeCommand, serverPath } from './command-text.ts';
import { RuntimeError } from './runtime-error.ts';
import { parseServersState, type RunningServer } from './servers-state.ts';
import { parseStat, type StatRow } from './show-stat.ts';

/** From `show info`. */
export interface ProcessInfo {
  readonly pid: number;
  readonly version: string;
  readonly uptimeSeconds: number;
  /** Soft stop has begun. */
  readonly isStopping: boolean;
  /** Listening sockets and connections that keep it alive. */
  readonly jobs: number;
}

/** Every method throws RuntimeError; none retries. */
export class AdminSocket {
  readonly #net: Net;
  readonly path: string;
  /** HAProxy 2.4 and 2.5 add and delete servers for those only who say that they know it is new (haproxy.md 11.3). */
  #isExperimental = false;

  constructor(net: Net, path: string) {
    this.#net = net;
    this.path = path;
  }

  async info(): Promise<ProcessInfo> {
    return parseInfo(await this.#ask('show info'));
  }

  async serversState(): Promise<RunningServer[]> {
    return parseServersState(await this.serversStateText());
  }

  serversStateText(): Promise<string> {
    return this.#ask('show servers state');
  }

  async stat(): Promise<StatRow[]> {
    return parseStat(await this.#ask('show stat'));
  }

  /** Does it, and says what became of it: `left` is a removed server that still has connections. */
  async run(command: RuntimeCommand): Promise<'done' | 'left'> {
    const path = serverPath(command.backend, command.server);
    switch (command.kind) {
      case 'add':
        await this.#add(command, path);
        return 'done';
      case 'ready':
        await this.#silent(`set server ${path} state ready`);
        return 'done';
      case 'maint':
        await this.#silent(`set server ${path} state maint`);
        return 'done';
      case 'weight':
        await this.#silent(`set server ${path} weight ${Math.round(command.weight)}`);
        return 'done';
      case 'remove':
        return this.#remove(path);
    }
  }

  /** Cuts the connections of a server that was given its time. */
  async shutdownSessions(backend: string, server: string): Promise<void> {
    await this.#silent(`shutdown sessions server ${serverPath(backend, server)}`);
  }

  /** A new server comes up in MAINT and unchecked; health first, so that it is judged from its first moment. */
  async #add(command: RuntimeCommand & { readonly kind: 'add' }, path: string): Promise<void> {
    const text = addText(command);
    const answer = await this.#askNew(text);
    if (answer !== 'New server registered.') throw refusal(text, answer);
    if (command.words.some((word) => word === 'check' || word === 'check-ssl')) {
      await this.#silent(`enable health ${path}`);
    }
    if (!command.isDisabled) await this.#silent(`enable server ${path}`);
  }

  async #remove(path: string): Promise<'done' | 'left'> {
    const answer = await this.#ask(`set server ${path} state maint`);
    if (answer === 'No such server.') return 'done';
    if (answer !== '') throw refusal(`set server ${path} state maint`, answer);
    return (await this.#askNew(`del server ${path}`)) === 'Server deleted.' ? 'done' : 'left';
  }

  /** For commands that answer with nothing when they were done. */
  async #silent(text: string): Promise<void> {
    const answer = await this.#ask(text);
    if (answer !== '') throw refusal(text, answer);
  }

  async #askNew(command: string): Promise<string> {
    if (!this.#isExperimental) {
      const answer = await this.#ask(command);
      if (!/experimental[ -]mode/i.test(answer)) return answer;
      this.#isExperimental = true;
    }
    return ask(this.#net, this.path, command, 'experimental-mode on; ');
  }

  #ask(command: string): Promise<string> {
    return ask(this.#net, this.path, command);
  }
}

function refusal(text: string, answer: string): RuntimeError {
  const code = /permission denied/i.test(answer) ? 'not-allowed' : 'refused';
  return new RuntimeError(code, `HAProxy answers "${text}" with: ${answer.replace(/\s+/g, ' ').slice(0, 300)}`);
}

/** The lines `Name: value` of `show info`. Throws RuntimeError `unexpected` without a pid. */
export function parseInfo(text: string): ProcessInfo {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) values.set(line.slice(0, colon), line.slice(colon + 2).trim());
  }
  const pid = Number(values.get('Pid'));
  if (!(pid > 0)) throw new RuntimeError('unexpected', `"show info" answered ${JSON.stringify(text.slice(0, 120))}`);
  return {
    pid,
    version: values.get('Version') ?? 'unknown',
    uptimeSeconds: Number(values.get('Uptime_sec') ?? 0),
    isStopping: values.get('Stopping') === '1',
    jobs: Number(values.get('Jobs') ?? 0),
  };
}
