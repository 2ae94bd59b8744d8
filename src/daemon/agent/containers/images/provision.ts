// A container's own root, made of an image: which image, with which command, environment and user, and where what the
// container writes is kept. Nothing of it stays when the container ends but the image in the store.
import type { ContainerInfo, Image_Docker } from '../../../../mesos/generated/v1.ts';
import { DiskError } from '../../../../world/disk.ts';
import type { World } from '../../../../world/world.ts';
import type { ConfinementWish } from '../confinement/plan.ts';
import { type ContainerCommand, type ContainerConfig, ContainerError } from '../containerizer.ts';
import { type DockerWish, dockerWish } from './docker.ts';
import { dockerCommand, type ImageConfig, imageCommand, imageEnvironment } from './image-config.ts';
import { ImageError } from './image-error.ts';
import { ImageGc, type ImageGcOptions } from './image-gc.ts';
import { type ImageUser, imageUser } from './image-user.ts';
import { type AgentLogins, loginsOfImage } from './pull/logins.ts';
import type { ImageStore, LocalImage } from './store.ts';

/** What a container with an image is, beside its limits. */
export interface ProvisionedImage {
  readonly confinement: NonNullable<ConfinementWish['image']>;
  readonly command: ContainerCommand;
  readonly environment: Readonly<Record<string, string>>;
  /** Instead of the task's. */
  readonly user: ImageUser | undefined;
}

/** How this agent treats images. */
export interface ImageOptions {
  /** Of what containers write. */
  readonly provisionerDirectory: string;
  readonly sandboxDirectory: string;
  /** ContainerInfo DOCKER is taken too (--containerizers). */
  readonly takesDocker: boolean;
  /** Of images that have no logins of their own (--docker_config). */
  readonly logins?: AgentLogins | undefined;
  /** Undefined = only when somebody asks for it. */
  readonly gc?: ImageGcOptions | undefined;
}

/** Which image a container wants, and how. */
interface Asked {
  readonly image: Image_Docker;
  readonly mayBeKept: boolean;
  readonly docker?: DockerWish;
}

/** In a container's directory: which image it has, for an agent that comes after us. */
const IMAGE_FILE = 'image.json';
const FORMAT = 1;

/** Containers' roots. Containers without an image are none of its business. */
export class Provisioner {
  readonly #world: World;
  readonly #store: ImageStore | undefined;
  readonly #options: ImageOptions;
  readonly #gc: ImageGc | undefined;

  /** Without a store every image is refused. */
  constructor(world: World, store: ImageStore | undefined, options: ImageOptions) {
    this.#world = world;
    this.#store = store;
    this.#options = options;
    this.#gc = store && options.gc && new ImageGc(world, store, options.gc);
  }

  /**
   * Undefined when it asks for no image. Throws ContainerError, DiskError; then `release` is to be called all the same.
   * `isCancelled` is asked again and again: fetching an image may take long.
   */
  async provision(config: ContainerConfig, isCancelled: () => boolean): Promise<ProvisionedImage | undefined> {
    const { info, command, containerId } = config;
    const asked = this.#asked(info);
    if (asked === undefined) return undefined;
    if (command === undefined) throw refused('a container without a process cannot have an image');
    const image = await this.#fetch(containerId, asked, isCancelled);
    const { docker } = asked;
    await this.#keep(containerId, image);
    const run = docker ? dockerCommand(command, image.config, docker.entrypoint) : imageCommand(command, image.config);
    if (run === undefined) throw refused(`neither the task nor the image '${asked.image.name}' has a command`);
    const user = docker && (await this.#user(image, docker.user ?? image.config.user));
    return {
      confinement: await this.#confinement(containerId, image, docker),
      command: run,
      environment: { ...(user && { HOME: user.home }), ...this.#environment(config, image.config, docker) },
      user,
    };
  }

  /** The container has ended, or never began. Harmless when there is nothing. */
  async release(containerId: string): Promise<void> {
    await this.#world.disk.remove(this.#directoryOf(containerId));
    await this.#store?.release(containerId);
  }

  /** After a restart: removes what belongs to none of these. */
  async keepOnly(containerIds: ReadonlySet<string>): Promise<void> {
    const digests = new Map<string, string | undefined>();
    for (const name of await this.#directories()) {
      if (containerIds.has(name)) digests.set(name, await this.#digestOf(name));
      else await this.#world.disk.remove(this.#directoryOf(name));
    }
    await this.#store?.recovered(digests);
  }

  /** Removes images that no container has, but those of these names (PRUNE_IMAGES). Throws DiskError. */
  async prune(excluded: readonly string[]): Promise<void> {
    const images = await this.#store?.prune([...excluded, ...(this.#options.gc?.excluded ?? [])]);
    this.#world.log.info('images that no container has are removed', { images });
  }

  /** Containers go on; what is being fetched is given up. */
  close(): void {
    this.#gc?.close();
    this.#store?.close();
  }

  async #directories(): Promise<readonly string[]> {
    const { disk } = this.#world;
    const { provisionerDirectory } = this.#options;
    return (await disk.stat(provisionerDirectory)) === undefined ? [] : disk.list(provisionerDirectory);
  }

  async #keep(containerId: string, { digest }: LocalImage): Promise<void> {
    const directory = this.#directoryOf(containerId);
    await this.#world.disk.makeDirectory(directory, { mode: 0o700 });
    await this.#world.disk.writeAtomic(`${directory}/${IMAGE_FILE}`, JSON.stringify({ format: FORMAT, digest }));
  }

  /** Undefined when it cannot be told. */
  async #digestOf(containerId: string): Promise<string | undefined> {
    try {
      const text = await this.#world.disk.readText(`${this.#directoryOf(containerId)}/${IMAGE_FILE}`);
      const { format, digest } = JSON.parse(text) as { format: unknown; digest: string };
      return format === FORMAT ? digest : undefined;
    } catch (cause) {
      if (cause instanceof DiskError || cause instanceof SyntaxError) return undefined;
      throw cause;
    }
  }

  #asked(info: ContainerInfo | undefined): Asked | undefined {
    if (info?.type === 'DOCKER') {
      if (!this.#options.takesDocker) {
        throw refused("containerizers that support the 'DOCKER' type are not enabled on this agent (--containerizers)");
      }
      if (info.docker === undefined) throw refused('a container of the type DOCKER needs `docker`');
      const { image: name, force_pull_image } = info.docker;
      return { image: { name }, mayBeKept: force_pull_image !== true, docker: dockerWish(info.docker) };
    }
    const image = info?.mesos?.image;
    if (image === undefined) return undefined;
    if (image.type !== 'DOCKER' || image.docker === undefined) {
      throw refused(`images of the type ${image.type} are not supported by this agent`);
    }
    return { image: image.docker, mayBeKept: image.cached !== false };
  }

  async #fetch(containerId: string, asked: Asked, isCancelled: () => boolean): Promise<LocalImage> {
    if (this.#store === undefined) {
      throw refused(
        'images need an agent of root with --isolation=filesystem/linux,docker/runtime and --image_providers=docker',
      );
    }
    const { image, mayBeKept } = asked;
    try {
      const registry = this.#store.registryOf(image.name);
      const ofAgent = registry === undefined ? undefined : this.#options.logins;
      const logins = loginsOfImage(image, registry) ?? (await ofAgent?.read());
      return await this.#store.get({ name: image.name, mayBeKept, logins, containerId, isCancelled });
    } catch (cause) {
      if (cause instanceof ImageError) throw refused(cause.message, cause);
      throw cause;
    }
  }

  async #confinement(
    containerId: string,
    { root, config }: LocalImage,
    docker: DockerWish | undefined,
  ): Promise<ProvisionedImage['confinement']> {
    const { disk } = this.#world;
    const directory = this.#directoryOf(containerId);
    const [upper, work] = [`${directory}/upper`, `${directory}/work`];
    for (const path of [upper, work]) await disk.makeDirectory(path, { mode: 0o755 });
    const unsaid = docker === undefined ? this.#options.sandboxDirectory : '/';
    const workingDirectory = docker?.workingDirectory ?? (config.workingDirectory || unsaid);
    const isReadOnly = docker?.isReadOnly ?? false;
    return { root: { image: root, upper, work, isReadOnly }, workingDirectory, ...(docker && { docker }) };
  }

  #environment(
    { environment, sandbox }: ContainerConfig,
    image: ImageConfig,
    docker: DockerWish | undefined,
  ): Record<string, string> {
    const task = { ...environment, ...docker?.environment };
    // As the container sees it.
    if (task.MESOS_SANDBOX === sandbox) task.MESOS_SANDBOX = this.#options.sandboxDirectory;
    return imageEnvironment(task, image, DEFAULT_PATH);
  }

  async #user({ root }: LocalImage, text: string): Promise<ImageUser> {
    try {
      return await imageUser(this.#world.disk, root, text);
    } catch (cause) {
      if (cause instanceof RangeError) throw refused(cause.message, cause);
      throw cause;
    }
  }

  #directoryOf(containerId: string): string {
    return `${this.#options.provisionerDirectory}/${containerId}`;
  }
}

/** What tasks get when nobody says otherwise (tasks/launch/environment.ts). */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function refused(why: string, cause?: unknown): ContainerError {
  return new ContainerError('launch', `Failed to launch container: ${why}`, { cause });
}
