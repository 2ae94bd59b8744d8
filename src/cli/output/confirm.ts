// Asking before something is removed.
import { createInterface } from 'node:readline/promises';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import type { Terminal } from './terminal.ts';

/** Returns after a yes. Throws Problem `usage` where nobody can be asked, `interrupted` after a no. */
export async function confirm(question: string, terminal: Terminal): Promise<void> {
  if (!terminal.stderrIsTty || process.stdin.isTTY !== true) {
    throw new Problem(EXIT.usage, { what: `${question} Nobody can be asked here.`, next: 'Add --yes.' });
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question(`${question} [y/N] `);
  prompt.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new Problem(EXIT.interrupted, { what: 'Nothing was changed.' });
}
