// What an operator wants launched (mesos-api.md 7): why it cannot be met, or the config of its container.
import type { CommandInfo, ContainerID, ContainerInfo, Resource } from '../../../mesos/generated/v1.ts';
import { validateContainerId } from '../../../mesos/ids.ts';
import { containerKey, parentKey } from '../containers/container-id.ts';
import type { ContainerConfig, ContainerView } from '../containers/containerizer.ts';
import type { AgentContext } from '../context.ts';
import { variableValue } from '../tasks/launch/environment.ts';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What is to be launched, in any of the forms of the API. */
export interface LaunchWish {
  readonly container_id: ContainerID;
  readonly command?: CommandInfo;
  readonly container?: ContainerInfo;
  readonly resources?: readonly Resource[];
  readonly limits?: Readonly<Record<string, { readonly value: number }>>;
}

/** Where it is launched. `parent`: the container that it is nested in. */
export interface LaunchPlace {
  readonly context: Pick<AgentContext, 'options' | 'world' | 'layout'>;
  readonly parent: ContainerView | undefined;
  readonly sandbox: string;
  /** One more command in the container that it is nested in. */
  readonly isSession: boolean;
}

/** The config of its container. Throws EnvironmentError. */
export function configOf(wish: LaunchWish, place: LaunchPlace): ContainerConfig {
  const { context, parent, sandbox, isSession } = place;
  const key = containerKey(wish.container_id);
  return {
    containerId: key,
    sandbox,
    runtimeDirectory: context.layout.runtimeContainer(key),
    ...commandPart(wish, place),
    ...limitsPart(wish, parent),
    ...(wish.container && { info: wish.container }),
    ...(isSession && { isDebug: true, streams: sessionStreams(wish.container) }),
  };
}

/** Why it cannot be met, whatever the machine. `parent`: the container that it would be nested in. */
export function refusal(wish: LaunchWish, parent: ContainerView | undefined, isSession: boolean): string | undefined {
  const outer = parentKey(containerKey(wish.container_id));
  const invalid = validateContainerId(wish.container_id);
  if (invalid !== undefined) return invalid;
  if (outer !== undefined && parent?.phase !== 'running') return `Parent container ${outer} does not exist`;
  if (wish.container?.type === 'DOCKER') return 'The provided ContainerInfo is not supported';
  if (!isSession) return undefined;
  if (wish.command?.value === undefined) return 'A session needs a command';
  const own = ownOfSession(wish.container);
  return own && `A session has what the container has that it looks into: '${own}' cannot be set for it`;
}

function commandPart(wish: LaunchWish, { context, parent, sandbox, isSession }: LaunchPlace) {
  const { command } = wish;
  const { options, world } = context;
  const variables = command?.environment?.variables ?? [];
  const own = Object.fromEntries(variables.map((variable) => [variable.name, variableValue(variable)]));
  const given = isSession
    ? {}
    : { ...(options.executorEnvironmentVariables?.value ?? { PATH: DEFAULT_PATH }), MESOS_SANDBOX: sandbox };
  const user = command?.user ?? (isSession ? undefined : parent?.user);
  return {
    user: options.switchUser && user !== world.host.currentUser ? user : undefined,
    command:
      command?.value === undefined
        ? undefined
        : {
            shell: command.shell ?? true,
            value: command.value,
            arguments: command.arguments ?? [],
          },
    environment: { ...given, ...own },
    uris: command?.uris ?? [],
  };
}

function limitsPart(wish: LaunchWish, parent: ContainerView | undefined) {
  const { cpus, mem } = wish.limits ?? {};
  const sharesLimits = parent !== undefined && wish.container?.linux_info?.share_cgroups !== false;
  return {
    resources: [...(wish.resources ?? [])],
    limits: { ...(cpus && { cpus: cpus.value }), ...(mem && { memMb: mem.value }) },
    ...(sharesLimits && { sharesLimits }),
  };
}

/** What a session was given that it would not get; the name of the first. */
function ownOfSession(container: ContainerInfo | undefined): string | undefined {
  if (container === undefined) return undefined;
  const { mesos, volumes = [], network_infos = [], linux_info, rlimit_info, hostname } = container;
  if (mesos?.image !== undefined) return 'container.mesos.image';
  if (volumes.length > 0) return 'container.volumes';
  if (network_infos.length > 0) return 'container.network_infos';
  if (rlimit_info !== undefined) return 'container.rlimit_info';
  if (hostname !== undefined) return 'container.hostname';
  const { share_cgroups: _shared, ...linux } = linux_info ?? {};
  const [name] = Object.keys(linux);
  return name && `container.linux_info.${name}`;
}

function sessionStreams(container: ContainerInfo | undefined) {
  const tty = container?.tty_info;
  return { terminal: tty && { size: tty.window_size }, isLogged: false };
}
