// One image from its source to an unpacked root in the store. skopeo and umoci do the work: they check digests, and what a
// hostile archive names never leaves the directory it is unpacked in. Everything unfinished is in a staging directory.
import { type Disk, DiskError } from '../../../../../world/disk.ts';
import { ProcessError, type ToolResult } from '../../../../../world/processes.ts';
import type { World } from '../../../../../world/world.ts';
import { type ImageConfig, parseImageConfig, platformOf, runsOn } from '../image-config.ts';
import { ImageError } from '../image-error.ts';
import type { ImageRecord } from '../records.ts';
import type { Logins } from './logins.ts';
import type { ImageSource } from './source.ts';
import { StallWatch } from './stall-watch.ts';

/** However steadily it comes. */
const MAX_COPY_MS = 60 * 60_000;
const MAX_UNPACK_MS = 15 * 60_000;
const MAX_JSON_BYTES = 4 * 2 ** 20;
const MAX_SAID_CHARACTERS = 1_000;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const TAG = 'image';

/** Directories of a store. */
export interface StorePlaces {
  /** Layers, configs and manifests by digest, of all images. */
  readonly blobs: string;
  /** Images, unpacked. */
  readonly roots: string;
  readonly staging: string;
}

/** What is to be fetched, and how. */
export interface PullRequest {
  readonly name: string;
  readonly source: ImageSource;
  readonly logins: Logins | undefined;
  /** Aborted when nobody wants it any more. */
  readonly stop: AbortSignal;
  readonly stallMs: number;
  /** As images name it: `amd64`. */
  readonly architecture: string;
  /** The root of that digest is not removed from when this resolves. */
  readonly claim: (digest: string) => Promise<void>;
}

/** Where it is, unpacked. */
export const rootOf = (places: StorePlaces, digest: string): string =>
  `${places.roots}/${digest.replace(/^sha256:/, '')}`;

/** Throws ImageError, DiskError; then only blobs that belong to no image are left of it. */
export async function pullImage(world: World, places: StorePlaces, request: PullRequest): Promise<ImageRecord> {
  const pull = new Pull(world, places, request);
  try {
    return await pull.run();
  } finally {
    await world.disk.remove(pull.staging);
  }
}

class Pull {
  readonly staging: string;
  readonly #world: World;
  readonly #disk: Disk;
  readonly #places: StorePlaces;
  readonly #request: PullRequest;

  constructor(world: World, places: StorePlaces, request: PullRequest) {
    this.#world = world;
    this.#disk = world.disk;
    this.#places = places;
    this.#request = request;
    this.staging = `${places.staging}/${world.random.uuid()}`;
  }

  async run(): Promise<ImageRecord> {
    for (const directory of [this.staging, this.#temporary, this.#places.blobs, this.#places.roots]) {
      await this.#disk.makeDirectory(directory, { mode: 0o700 });
    }
    await this.#copy();
    const record = await this.#describe();
    await this.#request.claim(record.digest);
    const root = rootOf(this.#places, record.digest);
    if ((await this.#disk.stat(root)) === undefined) await this.#unpack(record, root);
    return record;
  }

  async #copy(): Promise<void> {
    const { name, source, stallMs } = this.#request;
    const login = source.host === undefined ? [] : await this.#loginOptions();
    const places = { growing: [this.#layout, this.#temporary], arriving: `${this.#places.blobs}/sha256` };
    const watch = new StallWatch(this.#world, places, stallMs);
    let said: string | undefined;
    try {
      for (const from of source.from) {
        const tool = ['skopeo', '--tmpdir', this.#temporary, 'copy', '--quiet', '--insecure-policy'];
        const into = ['--dest-shared-blob-dir', this.#places.blobs, from, `oci:${this.#layout}:${TAG}`];
        const result = await this.#tool([...tool, ...source.options, ...login, ...into], MAX_COPY_MS, watch.signal);
        if (result.exitCode === 0) return;
        if (watch.signal.aborted) {
          const why = `nothing came for ${stallMs / 1000} seconds (--fetcher_stall_timeout)`;
          throw new ImageError('stalled', `the image '${name}' cannot be fetched: ${why}`);
        }
        said ??= whatItSaid(result);
      }
    } finally {
      watch.close();
      await this.#disk.remove(this.#authFile);
    }
    throw new ImageError('unreadable', `the image '${name}' cannot be fetched: ${said}`);
  }

  /** Through a file that nobody else may read: arguments of a process are everybody's to see. */
  async #loginOptions(): Promise<readonly string[]> {
    const { logins } = this.#request;
    if (logins === undefined) return ['--src-no-creds'];
    await this.#disk.writeFile(this.#authFile, logins, { mode: 0o600 });
    return ['--src-authfile', this.#authFile];
  }

  /** What its manifest says. */
  async #describe(): Promise<ImageRecord> {
    const { name, architecture } = this.#request;
    const corrupt = (what: string, cause: unknown): ImageError =>
      new ImageError('unreadable', `the image '${name}' is corrupt: ${what}`, { cause });
    try {
      const index = (await this.#json(`${this.#layout}/index.json`)) as { manifests?: { digest?: unknown }[] };
      const digest = digestOf(index.manifests?.[0]?.digest);
      const manifest = (await this.#json(this.#blob(digest))) as {
        config?: { digest?: unknown };
        layers?: { digest?: unknown }[];
      };
      const configDigest = digestOf(manifest.config?.digest);
      const layers = (manifest.layers ?? []).map((layer) => digestOf(layer.digest));
      const blob = await this.#json(this.#blob(configDigest));
      const config: ImageConfig = parseImageConfig(blob);
      const platform = platformOf(blob);
      if (!runsOn(platform, architecture)) {
        const what = `it is for ${platform.os}/${platform.architecture}, and this agent is linux/${architecture}`;
        throw new ImageError('foreign', `the image '${name}' cannot run here: ${what}`);
      }
      return { name, digest, config, blobs: [...new Set([digest, configDigest, ...layers])] };
    } catch (cause) {
      if (cause instanceof SyntaxError || cause instanceof RangeError) throw corrupt(cause.message, cause);
      if (cause instanceof DiskError && cause.code === 'not-found') throw corrupt('parts of it are missing', cause);
      throw cause;
    }
  }

  async #json(path: string): Promise<object> {
    const stat = await this.#disk.stat(path);
    if ((stat?.size ?? 0) > MAX_JSON_BYTES) throw new RangeError('its manifest or config is too long');
    const value: unknown = JSON.parse(await this.#disk.readText(path));
    if (typeof value !== 'object' || value === null) throw new RangeError('its manifest or config is no JSON object');
    return value;
  }

  async #unpack({ name, blobs }: ImageRecord, root: string): Promise<void> {
    const unpacked = `${this.staging}/root`;
    // The layout has its blobs elsewhere, which only the other tool can be told.
    await this.#disk.remove(`${this.#layout}/blobs`);
    await this.#disk.symlink(this.#places.blobs, `${this.#layout}/blobs`);
    const steps = [
      ['umoci', 'raw', 'unpack', '--image', `${this.#layout}:${TAG}`, unpacked],
      // What a power cut would leave of it otherwise is files without content.
      ['sync', '--file-system', unpacked],
    ];
    for (const argv of steps) {
      const result = await this.#tool(argv, MAX_UNPACK_MS);
      if (result.exitCode === 0) continue;
      // A layer that was kept may be what is wrong: next time all of it is fetched.
      for (const digest of blobs) await this.#disk.remove(this.#blob(digest));
      throw new ImageError('unreadable', `the image '${name}' cannot be unpacked: ${whatItSaid(result)}`);
    }
    await this.#disk.rename(unpacked, root);
  }

  /** Dies with us, so that the agent after us finds nobody else at work in the store. */
  async #tool(argv: readonly string[], timeoutMs: number, stalled?: AbortSignal): Promise<ToolResult> {
    const { stop, name } = this.#request;
    const either = stalled === undefined ? stop : AbortSignal.any([stop, stalled]);
    const result = await runTool(this.#world, ['setpriv', '--pdeathsig', 'KILL', '--', ...argv], timeoutMs, either);
    if (stop.aborted) throw new ImageError('cancelled', `the image '${name}' is not wanted any more`);
    if (result.exitCode === NOT_FOUND) {
      const what = `${argv[0]} is not installed on this agent (Debian package ${argv[0]})`;
      throw new ImageError('tool', what);
    }
    return result;
  }

  get #layout(): string {
    return `${this.staging}/layout`;
  }

  get #temporary(): string {
    return `${this.staging}/temporary`;
  }

  get #authFile(): string {
    return `${this.staging}/auth.json`;
  }

  #blob(digest: string): string {
    return `${this.#places.blobs}/${digest.replace(':', '/')}`;
  }
}

/** Of a tool that only starts another one. */
const NOT_FOUND = 127;

async function runTool(
  world: World,
  argv: readonly [string, ...string[]],
  timeoutMs: number,
  stop: AbortSignal,
): Promise<ToolResult> {
  try {
    return await world.processes.run({ argv, timeoutMs, stop });
  } catch (cause) {
    if (!(cause instanceof ProcessError)) throw cause;
    throw new ImageError('tool', `${argv[0]} cannot be started on this agent: ${cause.message}`, { cause });
  }
}

function digestOf(value: unknown): string {
  if (typeof value !== 'string' || !DIGEST.test(value)) throw new RangeError('it has no manifest, config or layer');
  return value;
}

/** The last thing a tool said, without what its logger put around it. */
function whatItSaid({ stderr, timedOut }: ToolResult): string {
  if (timedOut) return 'it took too long';
  const line = stderr.trim().split('\n').at(-1) ?? '';
  const message = /msg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1]?.replace(/\\(.)/g, '$1');
  // What a registry answers is in there too.
  const said = (message ?? line).replace(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, MAX_SAID_CHARACTERS);
  return said || 'no reason was given';
}
