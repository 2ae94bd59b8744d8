// What an image says of how it is run, and how that goes together with what the task says (mesos-semantics.md 10.2,
// docker/runtime).
import type { ContainerCommand } from '../containerizer.ts';

/** Of the OCI image configuration, what we use. */
export interface ImageConfig {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Empty = not said. */
  readonly workingDirectory: string;
  /** `user`, `uid`, `user:group`, …; empty = not said. */
  readonly user: string;
}

/** Throws RangeError when it is not what it should be. */
export function parseImageConfig(blob: unknown): ImageConfig {
  const { config = {} } = record(blob);
  const { Entrypoint, Cmd, Env, WorkingDir, User } = record(config ?? {});
  const environment: Record<string, string> = {};
  for (const entry of strings(Env)) {
    const equals = entry.indexOf('=');
    if (equals > 0) environment[entry.slice(0, equals)] = entry.slice(equals + 1);
  }
  return {
    entrypoint: strings(Entrypoint),
    cmd: strings(Cmd),
    environment,
    workingDirectory: text(WorkingDir),
    user: text(User),
  };
}

/** The machine an image is for; empty = not said. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
}

/** Throws RangeError when it is not what it should be. */
export function platformOf(blob: unknown): Platform {
  const { os, architecture } = record(blob);
  return { os: text(os), architecture: text(architecture) };
}

/** `architecture`: of the machine. */
export function runsOn(image: Platform, architecture: string): boolean {
  const isOurs = image.architecture === '' || image.architecture === architecture;
  const isOlder = architecture === 'amd64' && image.architecture === '386';
  return (image.os === '' || image.os === 'linux') && (isOurs || isOlder);
}

/** What `uname -m` says, in the words of images. */
export function architectureOf(machine: string): string {
  return ARCHITECTURES[machine] ?? machine;
}

const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv6l: 'arm',
  armv7l: 'arm',
  i386: '386',
  i686: '386',
};

/**
 * What is executed: `sh -c value`; the program `value` with its arguments; or what the image says, its default arguments
 * replaced by the task's if there are any. Undefined when neither says it.
 */
export function imageCommand(command: ContainerCommand, image: ImageConfig): ContainerCommand | undefined {
  if (command.shell) return command;
  if (command.value !== '') return command;
  const [program, ...rest] = image.entrypoint.length > 0 ? image.entrypoint : image.cmd.slice(0, 1);
  if (program === undefined) return undefined;
  const defaults = image.entrypoint.length > 0 ? image.cmd : image.cmd.slice(1);
  const given = command.arguments.length > 0 ? command.arguments : defaults;
  return { shell: false, value: program, arguments: [program, ...rest, ...given] };
}

/** As `docker run` does: without a shell, the task's words are arguments of the image's entrypoint. */
export function dockerCommand(
  command: ContainerCommand,
  image: ImageConfig,
  entrypoint = image.entrypoint,
): ContainerCommand | undefined {
  if (command.shell) return command;
  const words = [...(command.value === '' ? [] : [command.value]), ...command.arguments];
  const argv = [...entrypoint, ...(words.length > 0 ? words : image.cmd)];
  const [program] = argv;
  return program === undefined ? undefined : { shell: false, value: program, arguments: argv };
}

/**
 * The image's variables under the task's. `agentPath`: the PATH that the agent gives everybody; the image knows better where
 * its programs are.
 */
export function imageEnvironment(
  task: Readonly<Record<string, string>>,
  image: ImageConfig,
  agentPath: string,
): Record<string, string> {
  const { PATH } = image.environment;
  return {
    ...image.environment,
    ...task,
    ...(PATH !== undefined && task.PATH === agentPath && { PATH }),
  };
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new RangeError('its config is no JSON object');
  return value as Record<string, unknown>;
}

function strings(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) {
    throw new RangeError('its config has something else where a list of texts should be');
  }
  return value as string[];
}

function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new RangeError('its config has something else where a text should be');
  return value;
}
