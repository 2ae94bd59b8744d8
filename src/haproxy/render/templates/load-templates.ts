// Reads templates from disk and environment, once, at the start of a command.
import { fileURLToPath } from 'node:url';
import type { Disk } from '../../../world/disk.ts';
import { composeTemplates, type Templates, type TemplateTexts } from './templates.ts';

const PREFIX = 'HAPROXY_';
/** src/ and dist/ lie at the same depth in the package. */
const BUILT_IN = fileURLToPath(new URL('../../../../templates/haproxy', import.meta.url));

/** Where the operator's own templates may be. */
export interface TemplatePlaces {
  /** Directory of files named HAPROXY_<NAME>; absolute. Other files in it are left alone. */
  readonly directory?: string;
  /** The process' environment: HAPROXY_<NAME>, with `\n` for a newline. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Throws TemplateError for a text that cannot be read as a template, DiskError for a directory that cannot be read. */
export async function loadTemplates(disk: Disk, places: TemplatePlaces = {}): Promise<Templates> {
  const [builtIn, files] = await Promise.all([
    readDirectory(disk, BUILT_IN),
    places.directory === undefined ? new Map<string, string>() : readDirectory(disk, places.directory),
  ]);
  return composeTemplates(builtIn, files, fromEnvironment(places.environment ?? {}));
}

async function readDirectory(disk: Disk, directory: string): Promise<TemplateTexts> {
  const names = (await disk.list(directory)).filter((name) => /^HAPROXY_[A-Z_]+$/.test(name));
  const texts = await Promise.all(
    names.map(
      async (name): Promise<[string, string]> => [
        name.slice(PREFIX.length),
        await disk.readText(`${directory}/${name}`),
      ],
    ),
  );
  return new Map(texts);
}

function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): TemplateTexts {
  const texts = new Map<string, string>();
  for (const [name, text] of Object.entries(environment)) {
    if (name.startsWith(PREFIX) && text !== undefined)
      texts.set(name.slice(PREFIX.length), text.replaceAll('\\n', '\n'));
  }
  return texts;
}
