// Apps of a command line: those of its files, or one described by flags.
import { appsOf, type InputApp } from './apps.ts';
import { type QuickApp, quickApp } from './quick-app.ts';
import { readInput } from './read-files.ts';

/** Throws Problem `usage`. */
export async function appsFrom(
  flags: QuickApp & { readonly file?: readonly string[] | undefined },
): Promise<InputApp[]> {
  if (flags.file !== undefined) return appsOf(await readInput(flags.file));
  const definition = quickApp(flags);
  return [{ id: String(definition.id), definition, place: () => 'the flags' }];
}
