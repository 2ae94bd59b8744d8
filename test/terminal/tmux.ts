// A real terminal for tests: one window of tmux, on a server of its own.
import { execFileSync } from 'node:child_process';

export const hasTmux = (() => {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

export class Tmux {
  readonly #socket: string;

  constructor(size: { readonly columns: number; readonly rows: number }, env: Readonly<Record<string, string>>) {
    this.#socket = `mctl-test-${process.pid}-${Math.trunc(performance.now())}`;
    const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    const window = ['-x', String(size.columns), '-y', String(size.rows)];
    this.#run('-f', '/dev/null', 'new-session', '-d', ...window, ...variables, 'PS1="here> " exec sh');
  }

  /** As typed, with Enter. */
  type(line: string): void {
    this.#run('send-keys', '-l', line);
    this.#run('send-keys', 'Enter');
  }

  /** By the names of tmux: `C-c`, `Up`. */
  key(name: string): void {
    this.#run('send-keys', name);
  }

  resize(columns: number, rows: number): void {
    this.#run('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** What the window shows, and what has left it at the top. */
  screen(): string {
    return this.#run('capture-pane', '-p', '-J', '-S', '-200');
  }

  /** What the window shows and nothing else, a line for each of its rows. */
  visible(): string {
    return this.#run('capture-pane', '-p');
  }

  until(pattern: RegExp): Promise<string> {
    return this.#until(pattern, () => this.screen());
  }

  untilVisible(pattern: RegExp): Promise<string> {
    return this.#until(pattern, () => this.visible());
  }

  async #until(pattern: RegExp, look: () => string): Promise<string> {
    for (let tries = 0; tries < 1200; tries++) {
      const screen = look();
      if (pattern.test(screen)) return screen;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`never seen ${pattern} in:\n${look()}`);
  }

  /** Is the cursor shown, is it the screen that programs take for themselves, is the mouse reported? */
  modes(): { readonly cursor: boolean; readonly otherScreen: boolean; readonly mouse: boolean } {
    const told = this.#run('display-message', '-p', '#{cursor_flag} #{alternate_on} #{mouse_any_flag}');
    const [cursor, otherScreen, mouse] = told
      .trim()
      .split(' ')
      .map((flag) => flag === '1');
    return { cursor: cursor ?? false, otherScreen: otherScreen ?? false, mouse: mouse ?? false };
  }

  /** Does every key go to a program as it is? A shell that waits for a line has no need of that. */
  isRaw(): boolean {
    const device = this.#run('display-message', '-p', '#{pane_tty}').trim();
    return execFileSync('stty', ['-F', device, '-a'], { encoding: 'utf8' }).includes('-icanon');
  }

  /** Of the shell in the window. */
  pid(): number {
    return Number(this.#run('display-message', '-p', '#{pane_pid}'));
  }

  /** As somebody does who is done. */
  closeWindow(): void {
    // The server would end with its last window.
    this.#run('new-window', '-d', 'exec sh');
    this.#run('kill-window');
  }

  close(): void {
    this.#run('kill-server');
  }

  #run(...args: string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...args], { encoding: 'utf8' });
  }
}
