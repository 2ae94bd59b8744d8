// Where an image of a name comes from: a registry, or a directory or file on this machine (--docker_registry), as the
// tool that copies images (skopeo) is told it.
import type { Disk } from '../../../../world/disk.ts';
import { ImageError } from './image-error.ts';

/** `argv` are options and source of `skopeo copy`. */
export interface ImageSource {
  readonly argv: readonly string[];
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._\-:/@]{0,254}$/;
const DEFAULT_TAG = 'latest';
const HUB = 'registry-1.docker.io';

/** Throws ImageError `invalid` for what is no name of an image, `missing` when nothing local is of that name. */
export async function imageSource(disk: Disk, registry: string, name: string): Promise<ImageSource> {
  if (!NAME.test(name) || name.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    throw new ImageError('invalid', `'${name}' cannot be the name of an image`);
  }
  const url = /^(https?):\/\/([^/]+)\/?$/.exec(registry);
  if (url !== null) return fromRegistry(url[1] === 'http', url[2] ?? '', name);
  const path = registry.startsWith('file://') ? registry.slice('file://'.length) : registry;
  if (!path.startsWith('/'))
    throw new ImageError('invalid', `--docker_registry=${registry} is neither a URL nor a path`);
  return { argv: [await localSource(disk, path, name)] };
}

/** A name whose first part is a host goes there, as everywhere; only a registry that was given as http is spoken to without TLS. */
function fromRegistry(isPlain: boolean, host: string, name: string): ImageSource {
  const [first = '', ...rest] = name.split('/');
  const namesHost = rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost');
  const target = namesHost ? first : host;
  const path = namesHost ? rest.join('/') : name;
  const isPlainTarget = isPlain && target === host;
  const full = host === HUB && !namesHost && rest.length === 0 ? `library/${path}` : path;
  return { argv: [...(isPlainTarget ? ['--src-tls-verify=false'] : []), `docker://${target}/${full}`] };
}

/** An archive itself, an OCI layout, or a directory of archives and layouts by the image's name, with and without tag. */
async function localSource(disk: Disk, path: string, name: string): Promise<string> {
  const stat = await disk.stat(path);
  if (stat === undefined) throw new ImageError('missing', `--docker_registry=${path} is not there`);
  const [repository, tag] = withTag(name);
  if (stat.kind === 'file') return archive(path);
  if ((await disk.stat(`${path}/oci-layout`)) !== undefined) return `oci:${path}:${tag}`;
  for (const stem of new Set([name, `${repository}:${tag}`, repository])) {
    const file = `${path}/${stem}.tar`;
    if ((await disk.stat(file))?.kind === 'file') return archive(file);
    if (stem !== repository && (await disk.stat(`${path}/${stem}/oci-layout`)) !== undefined)
      return `oci:${path}/${stem}`;
  }
  if ((await disk.stat(`${path}/${repository}/oci-layout`)) !== undefined) return `oci:${path}/${repository}:${tag}`;
  throw new ImageError(
    'missing',
    `there is neither an archive '${repository}:${tag}.tar' nor an OCI layout '${repository}' in ${path}`,
  );
}

/** skopeo reads both kinds under names of their own; which it is, is tried. */
function archive(path: string): string {
  if (/[:,]/.test(path.slice(0, path.lastIndexOf('/')))) {
    throw new ImageError('invalid', `the directory of ${path} must have neither colon nor comma in its name`);
  }
  return `archive:${path}`;
}

function withTag(name: string): [repository: string, tag: string] {
  const digest = name.indexOf('@');
  if (digest >= 0) return [name.slice(0, digest), name.slice(digest + 1)];
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? [name.slice(0, colon), name.slice(colon + 1)] : [name, DEFAULT_TAG];
}
