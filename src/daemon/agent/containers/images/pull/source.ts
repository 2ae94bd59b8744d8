// Where an image of a name comes from: a registry, or a directory or file on this machine (--docker_registry), as the
// tool that copies images (skopeo) is told it.
import type { Disk } from '../../../../../world/disk.ts';
import { ImageError } from '../image-error.ts';

/** What `skopeo copy` is told. */
export interface ImageSource {
  readonly options: readonly string[];
  /** To be tried in this order: what is wrong with the first is what is wrong. */
  readonly from: readonly string[];
  /** The registry, as logins name it; undefined when it is on this machine. */
  readonly host: string | undefined;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._\-:/@]{0,254}$/;
const URL_OF_REGISTRY = /^(https?):\/\/([^/@]+)\/?$/;
const DEFAULT_TAG = 'latest';
/** Docker's own has one name for addressing it and another one that logins are kept under. */
const HUB_ADDRESS = 'registry-1.docker.io';
const HUB = 'docker.io';

/** Throws ImageError `invalid` for what is no name of an image, `missing` when nothing local is of that name. */
export async function imageSource(disk: Disk, registry: string, name: string): Promise<ImageSource> {
  if (!NAME.test(name) || name.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    throw new ImageError('invalid', `'${name}' cannot be the name of an image`);
  }
  const url = URL_OF_REGISTRY.exec(registry);
  if (url !== null) return fromRegistry(url[1] === 'http', url[2] ?? '', name);
  const path = registry.startsWith('file://') ? registry.slice('file://'.length) : registry;
  if (!path.startsWith('/')) {
    throw new ImageError('invalid', '--docker_registry of this agent is neither the URL of a registry nor a path');
  }
  return { options: [], from: await localSources(disk, path, name), host: undefined };
}

/** The same for names that mean the same image: `box` is `box:latest`. */
export function canonicalName(name: string): string {
  const [repository, tag] = withTag(name);
  return `${repository}${name.includes('@') ? '@' : ':'}${tag}`;
}

/** The registry that an image of the name comes from, as logins name it; undefined when it comes from this machine. */
export function registryOf(registry: string, name: string): string | undefined {
  const url = URL_OF_REGISTRY.exec(registry);
  return url === null ? undefined : fromRegistry(url[1] === 'http', url[2] ?? '', name).host;
}

/** A name whose first part is a host goes there, as everywhere; only a registry that was given as http is spoken to without TLS. */
function fromRegistry(isPlain: boolean, host: string, name: string): ImageSource & { readonly host: string } {
  const [first = '', ...rest] = name.split('/');
  const namesHost = rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost');
  const asked = namesHost ? first : host;
  const target = asked === HUB_ADDRESS ? HUB : asked;
  const isPlainTarget = isPlain && asked === host;
  const [repository, tag] = withTag(namesHost ? rest.join('/') : name);
  const full = target === HUB && !repository.includes('/') ? `library/${repository}` : repository;
  return {
    options: isPlainTarget ? ['--src-tls-verify=false'] : [],
    from: [`docker://${target}/${full}${name.includes('@') ? '@' : ':'}${tag}`],
    host: target,
  };
}

/** An archive itself, an OCI layout, or a directory of archives and layouts by the image's name, with and without tag. */
async function localSources(disk: Disk, path: string, name: string): Promise<readonly string[]> {
  const stat = await disk.stat(path);
  if (stat === undefined) throw new ImageError('missing', `--docker_registry=${path} is not there`);
  const [repository, tag] = withTag(name);
  if (stat.kind === 'file')
    return [`docker-archive:${inArchive(path)}:${repository}:${tag}`, `oci-archive:${path}:${tag}`];
  if ((await disk.stat(`${path}/oci-layout`)) !== undefined) return [`oci:${inArchive(path)}:${tag}`];
  for (const stem of new Set([name, `${repository}:${tag}`, repository])) {
    const file = `${path}/${stem}.tar`;
    if ((await disk.stat(file))?.kind === 'file') return archive(file, repository, tag);
    if (stem !== repository && (await disk.stat(`${path}/${stem}/oci-layout`)) !== undefined)
      return [`oci:${inArchive(path)}/${stem}`];
  }
  if ((await disk.stat(`${path}/${repository}/oci-layout`)) !== undefined) {
    return [`oci:${inArchive(path)}/${repository}:${tag}`];
  }
  throw new ImageError(
    'missing',
    `there is neither an archive '${repository}:${tag}.tar' nor an OCI layout '${repository}' in ${path}`,
  );
}

/** Of either kind: which it is, is tried. Its file has the image's name, so an archive of one image needs no other. */
function archive(file: string, repository: string, tag: string): readonly string[] {
  inArchive(file.slice(0, file.lastIndexOf('/')));
  // A colon in the file's name would be taken for a reference.
  const named = file.slice(file.lastIndexOf('/')).includes(':') ? [] : [`docker-archive:${file}:${repository}:${tag}`];
  return [`docker-archive:${file}`, ...named, `oci-archive:${file}`];
}

function inArchive(path: string): string {
  if (/[:,]/.test(path)) {
    throw new ImageError('invalid', `${path} must have neither colon nor comma in its name to have images`);
  }
  return path;
}

/** Who names a digest means it, whatever the tag. */
function withTag(name: string): [repository: string, tag: string] {
  const digest = name.indexOf('@');
  const tagged = digest >= 0 ? name.slice(0, digest) : name;
  const colon = tagged.lastIndexOf(':');
  const isTag = colon > tagged.lastIndexOf('/');
  const repository = isTag ? tagged.slice(0, colon) : tagged;
  if (digest >= 0) return [repository, name.slice(digest + 1)];
  return [repository, isTag ? tagged.slice(colon + 1) : DEFAULT_TAG];
}
