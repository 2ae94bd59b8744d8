// A container's own root, made of an image: which image, with which command, environment and user, and where what the
// container writes is kept. Nothing of it stays when the container ends but the image in the store.
import type { ContainerInfo } from '../../../../mesos/generated/v1.ts';
import type { World } from '../../../../world/world.ts';
import type { ConfinementWish } from '../confinement/plan.ts';
import { resolveInside } from '../confinement/volumes.ts';
import { type ContainerCommand, type ContainerConfig, ContainerError } from '../containerizer.ts';
import { type DockerWish, dockerWish } from './docker.ts';
import { dockerCommand, type ImageConfig, imageCommand, imageEnvironment } from './image-config.ts';
import { ImageError } from './image-error.ts';
import type { ImageStore, LocalImage } from './store.ts';

/** What a container with an image is, beside its limits. */
export interface ProvisionedImage {
  readonly confinement: NonNullable<ConfinementWish['image']>;
  readonly command: ContainerCommand;
  readonly environment: Readonly<Record<string, string>>;
  /** Instead of the task's. */
  readonly user: { readonly uid: number; readonly gid: number; readonly groups: readonly number[] } | undefined;
}

/** How this agent treats images. */
export interface ImageOptions {
  /** Of what containers write. */
  readonly provisionerDirectory: string;
  readonly sandboxDirectory: string;
  /** ContainerInfo DOCKER is taken too (--containerizers). */
  readonly takesDocker: boolean;
}

/** Containers' roots. Containers without an image are none of its business. */
export class Provisioner {
  readonly #world: World;
  readonly #store: ImageStore | undefined;
  readonly #options: ImageOptions;

  /** Without a store every image is refused. */
  constructor(world: World, store: ImageStore | undefined, options: ImageOptions) {
    this.#world = world;
    this.#store = store;
    this.#options = options;
  }

  /** Undefined when it asks for no image. Throws ContainerError, DiskError; then `release` is to be called all the same. */
  async provision(config: ContainerConfig): Promise<ProvisionedImage | undefined> {
    const { info, command, containerId } = config;
    const asked = this.#asked(info);
    if (asked === undefined) return undefined;
    if (command === undefined) throw refused('a container without a process cannot have an image');
    const image = await this.#fetch(asked.name, asked.mayBeKept);
    const docker = asked.docker;
    const run = docker ? dockerCommand(command, image.config, docker.entrypoint) : imageCommand(command, image.config);
    if (run === undefined) throw refused(`neither the task nor the image '${asked.name}' has a command`);
    return {
      confinement: await this.#confinement(containerId, image, docker),
      command: run,
      environment: this.#environment(config, image.config, docker),
      user: docker && (await this.#user(image, docker.user ?? image.config.user)),
    };
  }

  /** The container has ended, or never began. Harmless when there is nothing. */
  release(containerId: string): Promise<void> {
    return this.#world.disk.remove(this.#directoryOf(containerId));
  }

  /** Removes what belongs to none of these. */
  async keepOnly(containerIds: ReadonlySet<string>): Promise<void> {
    const { disk } = this.#world;
    if ((await disk.stat(this.#options.provisionerDirectory)) === undefined) return;
    for (const name of await disk.list(this.#options.provisionerDirectory)) {
      if (!containerIds.has(name)) await this.release(name);
    }
  }

  #asked(info: ContainerInfo | undefined): { name: string; mayBeKept: boolean; docker?: DockerWish } | undefined {
    if (info?.type === 'DOCKER') {
      if (!this.#options.takesDocker) {
        throw refused("containerizers that support the 'DOCKER' type are not enabled on this agent (--containerizers)");
      }
      if (info.docker === undefined) throw refused('a container of the type DOCKER needs `docker`');
      const docker = dockerWish(info.docker);
      return { name: info.docker.image, mayBeKept: info.docker.force_pull_image !== true, docker };
    }
    const image = info?.mesos?.image;
    if (image === undefined) return undefined;
    if (image.type !== 'DOCKER' || image.docker === undefined) {
      throw refused(`images of the type ${image.type} are not supported by this agent`);
    }
    if (image.docker.config !== undefined || image.docker.credential !== undefined) {
      throw refused('credentials of an image are not supported by this agent');
    }
    return { name: image.docker.name, mayBeKept: image.cached !== false };
  }

  async #fetch(name: string, mayBeKept: boolean): Promise<LocalImage> {
    if (this.#store === undefined) {
      throw refused(
        'images need --isolation=filesystem/linux,docker/runtime and --image_providers=docker on this agent',
      );
    }
    try {
      return await this.#store.get(name, mayBeKept);
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
    await disk.makeDirectory(directory, { mode: 0o700 });
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

  /** By name as the image knows it. Root when nothing is said. */
  async #user({ root }: LocalImage, text: string): Promise<ProvisionedImage['user']> {
    const [name = '', group] = text.split(':');
    if (name === '') return { uid: 0, gid: 0, groups: [0] };
    const users = /^\d+$/.test(name) ? undefined : await this.#table(root, '/etc/passwd');
    const row = users?.find((fields) => fields[0] === name);
    if (users !== undefined && row === undefined) throw refused(`the image has no user '${name}'`);
    const uid = Number(row?.[2] ?? name);
    const groups = group === undefined || /^\d+$/.test(group) ? undefined : await this.#table(root, '/etc/group');
    const groupRow = groups?.find((fields) => fields[0] === group);
    if (groups !== undefined && groupRow === undefined) throw refused(`the image has no group '${group}'`);
    const gid = Number(groupRow?.[2] ?? group ?? row?.[3] ?? 0);
    if (!(Number.isInteger(uid) && Number.isInteger(gid))) throw refused(`'${text}' is no user of the image`);
    return { uid, gid, groups: [gid] };
  }

  async #table(root: string, path: string): Promise<string[][]> {
    const { disk } = this.#world;
    const inside = `${root}${await resolveInside(disk, root, path)}`;
    const stat = await disk.stat(inside);
    if (stat?.kind !== 'file' || stat.size > MAX_TABLE_BYTES) return [];
    return (await disk.readText(inside)).split('\n').map((line) => line.split(':'));
  }

  #directoryOf(containerId: string): string {
    return `${this.#options.provisionerDirectory}/${containerId}`;
  }
}

const MAX_TABLE_BYTES = 2 ** 20;
/** What tasks get when nobody says otherwise (tasks/launch/environment.ts). */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function refused(why: string, cause?: unknown): ContainerError {
  return new ContainerError('launch', `Failed to launch container: ${why}`, { cause });
}
