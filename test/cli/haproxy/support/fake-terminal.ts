// What a command writes, in lists.
import { PLAIN } from '../../../../src/cli/output/style.ts';
import type { Terminal } from '../../../../src/cli/output/terminal.ts';

export class FakeTerminal {
  readonly data: string[] = [];
  readonly words: string[] = [];

  get terminal(): Terminal {
    return {
      data: (text: string) => this.data.push(text),
      say: (text: string) => this.words.push(text),
      stderrIsTty: false,
      errorStyle: PLAIN,
      style: PLAIN,
    } as unknown as Terminal;
  }
}
