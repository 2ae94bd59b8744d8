// Images on this machine: copied into one OCI layout (so that a layer is kept once, by its digest) and unpacked once for
// each image, for all containers to share. skopeo and umoci do the work: they check digests, and what a hostile archive
// names never leaves the directory it is unpacked in.
//
//   <store>/oci                 the layout
//   <store>/images/<hex>.json   what a name was when it was last fetched
//   <store>/rootfs/<digest>     an image, unpacked
//   <store>/staging             what is being unpacked
import { type Disk, DiskError } from '../../../../world/disk.ts';
import { ProcessError, type ToolResult } from '../../../../world/processes.ts';
import type { World } from '../../../../world/world.ts';
import { type ImageConfig, parseImageConfig } from './image-config.ts';
import { ImageError } from './image-error.ts';
import { imageSource } from './source.ts';

const FORMAT = 1;
/** To fetch or to unpack one image. */
const TOOL_TIMEOUT_MS = 15 * 60_000;
const MAX_JSON_BYTES = 4 * 2 ** 20;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** An image that is ready to be run. */
export interface LocalImage {
  /** Unpacked; never to be written to. */
  readonly root: string;
  readonly config: ImageConfig;
}

interface ImageRecord {
  readonly format: number;
  readonly name: string;
  readonly digest: string;
  readonly config: ImageConfig;
}

/** One image is fetched at a time; who asks for the same one meanwhile waits for it too. */
export class ImageStore {
  readonly #world: World;
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #registry: string;
  readonly #fetching = new Map<string, Promise<LocalImage>>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(world: World, options: { readonly directory: string; readonly registry: string }) {
    this.#world = world;
    this.#disk = world.disk;
    this.#directory = options.directory;
    this.#registry = options.registry;
  }

  /** What an agent that died left half done is removed. */
  async start(): Promise<void> {
    await this.#disk.remove(`${this.#directory}/staging`);
    await this.#disk.makeDirectory(this.#directory, { mode: 0o700 });
  }

  /** `mayBeKept`: one that was fetched before will do. Throws ImageError. */
  get(name: string, mayBeKept: boolean): Promise<LocalImage> {
    const key = `${mayBeKept} ${name}`;
    const running = this.#fetching.get(key);
    if (running !== undefined) return running;
    const image = this.#inTurn(() => this.#get(name, mayBeKept));
    this.#fetching.set(key, image);
    const forget = (): void => void this.#fetching.delete(key);
    image.then(forget, forget);
    return image;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  async #get(name: string, mayBeKept: boolean): Promise<LocalImage> {
    // Whatever the name is: it is a file name and a tag as hexadecimal digits.
    const tag = Buffer.from(name).toString('hex');
    const recordFile = `${this.#directory}/images/${tag}.json`;
    const kept = mayBeKept ? await this.#record(recordFile, name) : undefined;
    if (kept !== undefined && (await this.#disk.stat(this.#rootOf(kept.digest))) !== undefined) {
      return { root: this.#rootOf(kept.digest), config: kept.config };
    }
    try {
      await this.#copy(name, tag);
      const { digest, config } = await this.#describe(name, tag);
      const root = this.#rootOf(digest);
      if ((await this.#disk.stat(root)) === undefined) await this.#unpack(name, tag, root);
      const record: ImageRecord = { format: FORMAT, name, digest, config };
      await this.#disk.makeDirectory(`${this.#directory}/images`);
      await this.#disk.writeAtomic(recordFile, JSON.stringify(record));
      return { root, config };
    } catch (cause) {
      await this.#cleanUp();
      throw cause;
    }
  }

  async #copy(name: string, tag: string): Promise<void> {
    const { argv } = await imageSource(this.#disk, this.#registry, name);
    const from = argv.at(-1) ?? '';
    const options = argv.slice(0, -1);
    // An archive of either kind; the second answer is that of the kind it has more likely not been.
    const sources = from.startsWith('archive:')
      ? ['docker-archive', 'oci-archive'].map((kind) => `${kind}:${from.slice('archive:'.length)}`)
      : [from];
    let said = '';
    for (const source of sources) {
      const to = `oci:${this.#layout}:${tag}`;
      const result = await this.#tool(
        ['skopeo', 'copy', '--quiet', '--insecure-policy', ...options, source, to],
        'skopeo',
      );
      if (result.exitCode === 0) return;
      said ||= whatItSaid(result);
    }
    throw new ImageError('unreadable', `the image '${name}' cannot be fetched: ${said}`);
  }

  /** What the layout says of the image. */
  async #describe(name: string, tag: string): Promise<Pick<ImageRecord, 'digest' | 'config'>> {
    const corrupt = (what: string, cause?: unknown): ImageError =>
      new ImageError('unreadable', `the image '${name}' is corrupt: ${what}`, { cause });
    try {
      const index = JSON.parse(await this.#disk.readText(`${this.#layout}/index.json`)) as {
        manifests?: { digest?: string; annotations?: Record<string, string> }[];
      };
      const entry = index.manifests?.find((one) => one.annotations?.['org.opencontainers.image.ref.name'] === tag);
      const manifest = (await this.#blob(entry?.digest)) as { config?: { digest?: string } };
      const config = parseImageConfig(await this.#blob(manifest.config?.digest));
      return { digest: entry?.digest ?? '', config };
    } catch (cause) {
      if (cause instanceof SyntaxError || cause instanceof RangeError) throw corrupt(cause.message, cause);
      if (cause instanceof DiskError) throw corrupt(`${cause.code} ${cause.path}`, cause);
      throw cause;
    }
  }

  async #blob(digest: string | undefined): Promise<unknown> {
    if (digest === undefined || !DIGEST.test(digest)) throw new RangeError('it has no manifest or no config');
    const path = `${this.#layout}/blobs/${digest.replace(':', '/')}`;
    const stat = await this.#disk.stat(path);
    if ((stat?.size ?? 0) > MAX_JSON_BYTES) throw new RangeError('its manifest or config is too long');
    return JSON.parse(await this.#disk.readText(path));
  }

  async #unpack(name: string, tag: string, root: string): Promise<void> {
    const staging = `${this.#directory}/staging/${this.#world.random.uuid()}`;
    await this.#disk.makeDirectory(`${this.#directory}/staging`);
    await this.#disk.makeDirectory(`${this.#directory}/rootfs`);
    const result = await this.#tool(['umoci', 'raw', 'unpack', '--image', `${this.#layout}:${tag}`, staging], 'umoci');
    if (result.exitCode !== 0) {
      throw new ImageError('unreadable', `the image '${name}' cannot be unpacked: ${whatItSaid(result)}`);
    }
    await this.#disk.rename(staging, root);
  }

  /** After a failure: half an image, and layers that belong to none. */
  async #cleanUp(): Promise<void> {
    await this.#disk.remove(`${this.#directory}/staging`);
    if ((await this.#disk.stat(`${this.#layout}/index.json`)) === undefined) {
      await this.#disk.remove(this.#layout);
      return;
    }
    try {
      await this.#tool(['umoci', 'gc', '--layout', this.#layout], 'umoci');
    } catch (cause) {
      if (!(cause instanceof ImageError)) throw cause;
    }
  }

  async #tool(argv: readonly [string, ...string[]], debianPackage: string): Promise<ToolResult> {
    try {
      return await this.#world.processes.run({ argv, timeoutMs: TOOL_TIMEOUT_MS });
    } catch (cause) {
      if (!(cause instanceof ProcessError)) throw cause;
      const what = `${argv[0]} is not installed on this agent (Debian package ${debianPackage})`;
      throw new ImageError('tool', what, { cause });
    }
  }

  async #record(path: string, name: string): Promise<ImageRecord | undefined> {
    try {
      const record = JSON.parse(await this.#disk.readText(path)) as ImageRecord;
      return record.format === FORMAT && record.name === name ? record : undefined;
    } catch (cause) {
      if (cause instanceof DiskError && cause.code === 'not-found') return undefined;
      throw cause;
    }
  }

  get #layout(): string {
    return `${this.#directory}/oci`;
  }

  #rootOf(digest: string): string {
    return `${this.#directory}/rootfs/${digest.replace(/^sha256:/, '')}`;
  }
}

/** The last thing a tool said, without what its logger put around it. */
function whatItSaid({ stderr, timedOut }: ToolResult): string {
  if (timedOut) return 'it took too long';
  const line = stderr.trim().split('\n').at(-1) ?? '';
  const message = /msg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1]?.replace(/\\(.)/g, '$1');
  return (message ?? line) || 'no reason was given';
}
