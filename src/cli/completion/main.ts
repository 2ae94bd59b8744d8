// Program behind `mctl __complete -- <words>`: one suggestion a line, word and description apart by a tab.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { complete, readManifest } from './complete.ts';

/** Prints nothing when nothing fits. */
export async function main(args: readonly string[]): Promise<void> {
  const manifest = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'oclif.manifest.json');
  const words = args[0] === '--' ? args.slice(1) : args;
  const suggestions = await complete(words, readManifest(manifest));
  process.stdout.write(suggestions.map(({ word, description }) => `${word}\t${description}\n`).join(''));
}
