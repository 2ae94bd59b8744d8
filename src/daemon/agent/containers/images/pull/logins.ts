// What registries are told of who we are: docker's own config file, of the agent (--docker_config) or of one image
// (Image.docker.config), as the text of an auth file for the tool that copies images. Nothing of it goes anywhere else,
// not even into what is said about a mistake in it.
import type { Image_Docker } from '../../../../../mesos/generated/v1.ts';
import type { World } from '../../../../../world/world.ts';
import { ImageError } from '../image-error.ts';

const MAX_BYTES = 256 * 1024;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** The text of an auth file. */
export type Logins = string;

/** Those of the agent, for images that have none of their own. */
export class AgentLogins {
  readonly #world: World;
  readonly #flag: string;

  /** `flag`: an absolute path, `file://` and one, or JSON. A file is read again each time, so that it can be changed. */
  constructor(world: World, flag: string) {
    this.#world = world;
    this.#flag = flag;
  }

  /** Throws ImageError `login`, DiskError when the file cannot be read. */
  async read(): Promise<Logins> {
    const path = this.#flag.replace(/^file:\/\//, '');
    // The operator's own may name programs that know the logins.
    return parseDockerConfig(path.startsWith('/') ? await this.#world.disk.readText(path) : this.#flag, true);
  }
}

/**
 * What an image says itself: a docker config, or (deprecated) a name and a secret for the registry that it comes from.
 * Undefined when it says nothing. Throws ImageError `login`.
 */
export function loginsOfImage({ config, credential }: Image_Docker, host: string | undefined): Logins | undefined {
  if (config !== undefined) {
    const data = config.value?.data;
    if (config.type === 'REFERENCE' || data === undefined) {
      throw new ImageError(
        'login',
        "the image's docker config is a reference to a secret, and this agent has no secret store",
      );
    }
    // A task's must not make the agent execute anything.
    return parseDockerConfig(Buffer.from(data, 'base64').toString('utf8'), false);
  }
  if (credential === undefined || host === undefined) return undefined;
  const auth = Buffer.from(`${credential.principal}:${credential.secret ?? ''}`).toString('base64');
  return JSON.stringify({ auths: { [host]: { auth } } });
}

/** Reads `~/.docker/config.json` and the older `~/.dockercfg`. Throws ImageError `login`. */
export function parseDockerConfig(text: string, mayNameHelpers: boolean): Logins {
  if (text.length > MAX_BYTES) throw wrong('is too long');
  const config = object(parsed(text), 'is no JSON object');
  const isOlder = config.auths === undefined && config.credHelpers === undefined && config.credsStore === undefined;
  const auths: Record<string, object> = {};
  for (const [registry, login] of Object.entries(
    object(isOlder ? config : (config.auths ?? {}), 'has no object `auths`'),
  )) {
    if (isOlder && typeof login !== 'object') continue;
    const one = loginOf(registry, object(login, `has something else than a login for '${registry}'`));
    if (one !== undefined) auths[registry] = one;
  }
  const helpers = mayNameHelpers && config.credHelpers !== undefined;
  return JSON.stringify({
    auths,
    ...(helpers && { credHelpers: object(config.credHelpers, 'has no object `credHelpers`') }),
  });
}

/** Undefined for the entry of somebody whose login is kept elsewhere. */
function loginOf(registry: string, login: Record<string, unknown>): object | undefined {
  const { auth, identitytoken, username, password } = login;
  const given =
    auth ?? (typeof username === 'string' && typeof password === 'string' ? encoded(username, password) : '');
  const hasToken = typeof identitytoken === 'string' && identitytoken !== '';
  if (given === '' && !hasToken) return undefined;
  const isLogin = typeof given === 'string' && BASE64.test(given) && Buffer.from(given, 'base64').includes(':');
  if (given !== '' && !isLogin) throw wrong(`has no name and password for '${registry}' in base64`);
  return { ...(given !== '' && { auth: given }), ...(hasToken && { identitytoken }) };
}

const encoded = (username: string, password: string): string =>
  Buffer.from(`${username}:${password}`).toString('base64');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What the parser says quotes the text.
    throw wrong('is no JSON');
  }
}

function object(value: unknown, otherwise: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(otherwise);
  return value as Record<string, unknown>;
}

function wrong(what: string): ImageError {
  return new ImageError('login', `the docker config ${what}`);
}
