// What a URI of a command asks for: where it comes from and what it is called in the sandbox (mesos-semantics.md 10.5).
// Everything a framework can write is taken for hostile until it has been through here.
import type { CommandInfo_URI } from '../../../../mesos/generated/v1.ts';

/** A URI that is refused or cannot be fetched; the message goes into the task's status. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
}

/** One URI, checked. `uri` is for messages only. */
export interface FetchItem {
  readonly uri: string;
  readonly source: { readonly kind: 'http'; readonly url: string } | { readonly kind: 'file'; readonly path: string };
  /** Relative to the sandbox, without `.` and `..`. */
  readonly name: string;
  readonly archive: ArchiveKind | undefined;
  readonly isExecutable: boolean;
  readonly isCached: boolean;
}

/** Told by the suffix alone, as the original does. */
export type ArchiveKind = 'tar' | 'tar.gz' | 'tar.bz2' | 'tar.xz' | 'gz' | 'zip';

const SUFFIXES: readonly (readonly [string, ArchiveKind])[] = [
  ['.tar.gz', 'tar.gz'],
  ['.tgz', 'tar.gz'],
  ['.tar.bz2', 'tar.bz2'],
  ['.tbz2', 'tar.bz2'],
  ['.tar.xz', 'tar.xz'],
  ['.txz', 'tar.xz'],
  ['.tar', 'tar'],
  ['.gz', 'gz'],
  ['.zip', 'zip'],
];

/** Throws FetchError. `frameworksHome`: where relative paths are looked for; empty = nowhere. */
export function parseUri(uri: CommandInfo_URI, frameworksHome: string): FetchItem {
  const value = uri.value.trim();
  if (value === '') throw new FetchError('a URI is empty');
  refuseIllegal(value, 'URI');
  const source = sourceOf(value, frameworksHome);
  const { name, stem } = uri.output_file ? outputName(uri.output_file) : nameInUri(value);
  const isExecutable = uri.executable ?? false;
  const mayExtract = !isExecutable && (uri.extract ?? true);
  return {
    uri: value,
    source,
    name,
    archive: mayExtract ? SUFFIXES.find(([suffix]) => stem.endsWith(suffix))?.[1] : undefined,
    isExecutable,
    isCached: uri.cache ?? false,
  };
}

function sourceOf(value: string, frameworksHome: string): FetchItem['source'] {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(value)?.[1]?.toLowerCase();
  if (scheme === 'http' || scheme === 'https') {
    if (!URL.canParse(value)) throw new FetchError(`not a usable URL: '${value}'`);
    return { kind: 'http', url: value };
  }
  if (scheme === 'file') {
    const path = value.slice('file://'.length).replace(/^localhost(?=\/)/, '');
    if (!path.startsWith('/')) throw new FetchError(`a file URI needs an absolute path: '${value}'`);
    return { kind: 'file', path };
  }
  if (scheme !== undefined) {
    throw new FetchError(`the scheme '${scheme}' of '${value}' is not supported (http, https and file are)`);
  }
  if (value.startsWith('/')) return { kind: 'file', path: value };
  if (frameworksHome === '') {
    throw new FetchError(
      `a relative path was given ('${value}') and this agent has no --frameworks_home to look for it in`,
    );
  }
  if (value.split('/').includes('..')) throw new FetchError(`'${value}' leaves --frameworks_home`);
  return { kind: 'file', path: `${frameworksHome.replace(/\/$/, '')}/${value}` };
}

/** The last component as written, query included; suffixes are looked for without the query. */
function nameInUri(value: string): { name: string; stem: string } {
  const [path = '', ...rest] = value.split(/(?=[?#])/);
  const withoutHost = path.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/]*/, '');
  const stem = withoutHost.slice(withoutHost.lastIndexOf('/') + 1);
  if (stem === '') throw new FetchError(`there is no file name in '${value}'`);
  const name = (stem + rest.join('')).replaceAll('/', '_');
  refuseComponent(name, value);
  return { name, stem };
}

function outputName(outputFile: string): { name: string; stem: string } {
  refuseIllegal(outputFile, 'output file');
  if (outputFile.startsWith('/')) throw new FetchError(`the output file must be a relative path: '${outputFile}'`);
  const components = outputFile.split('/').filter((component) => component !== '' && component !== '.');
  if (components.length === 0) throw new FetchError(`'${outputFile}' names no output file`);
  for (const component of components) refuseComponent(component, outputFile);
  return { name: components.join('/'), stem: components.at(-1) ?? '' };
}

function refuseComponent(component: string, whole: string): void {
  if (component === '.' || component === '..') throw new FetchError(`'${whole}' leaves the sandbox`);
  if (Buffer.byteLength(component) > 255)
    throw new FetchError(`the file name in '${whole.slice(0, 100)}…' is too long`);
}

/** The original's list, and control characters, which no sandbox listing could show. */
function refuseIllegal(text: string, what: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/['\\\u0000-\u001f\u007f]/.test(text))
    throw new FetchError(`the ${what} contains illegal characters, refusing to fetch`);
}
