// `mctl top` in a real terminal, for tests: the built program in a window of tmux, looked at as a person would.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { MctlHome } from '../integration/mctl-process.ts';
import { Tmux } from './tmux.ts';

const MCTL = fileURLToPath(new URL('../../bin/mctl.js', import.meta.url));

export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

export class TopWindow {
  readonly tmux: Tmux;

  /** With a shell in it, whose prompt is `here>`. */
  static async open(home: MctlHome, size: WindowSize): Promise<TopWindow> {
    const window = new TopWindow(home, size);
    await window.tmux.until(/here>/);
    return window;
  }

  private constructor(home: MctlHome, size: WindowSize) {
    this.tmux = new Tmux(size, {
      PATH: process.env.PATH ?? '',
      HOME: home.directory,
      MCTL_STATE_DIR: `${home.directory}/state`,
      XDG_CONFIG_HOME: `${home.directory}/config`,
      LANG: 'C.UTF-8',
    });
  }

  /** `node [options] mctl top …`, until there are a leader and the key bar. */
  async start(args: string, nodeOptions = ''): Promise<void> {
    this.type(args, nodeOptions);
    await this.sees(/^mctl top · \S+ · leader [\s\S]*\bq quit\s*$/m);
  }

  /** As `start`, for what does not come so far. */
  type(args: string, nodeOptions = ''): void {
    this.tmux.type(`${process.execPath} ${nodeOptions} ${MCTL} top ${args}; echo "code $?"`);
  }

  /** By the names of tmux (`Enter`, `Escape`, `C-s`), or letters. */
  press(...keys: readonly string[]): void {
    for (const key of keys) this.tmux.key(key);
  }

  /** What the window shows now, line by line. */
  lines(): string[] {
    return this.tmux.visible().split('\n').slice(0, -1);
  }

  async sees(pattern: RegExp): Promise<string> {
    return this.tmux.untilVisible(pattern);
  }

  /** The process of mctl itself. */
  pid(): number {
    const children = readFileSync(`/proc/${this.tmux.pid()}/task/${this.tmux.pid()}/children`, 'utf8')
      .trim()
      .split(' ');
    return Number(children.at(-1));
  }

  close(): void {
    this.tmux.close();
  }
}
