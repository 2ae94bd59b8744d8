// Values of secrets are for the agent that uses them, and are shown to nobody (mesos-semantics.md 12.3).
import type {
  CommandInfo,
  ContainerInfo,
  Environment,
  ExecutorInfo,
  HealthCheck,
  Image,
  Secret,
  Volume,
} from './generated/v1.ts';

/** The container as books and endpoints may show it: what it says of its secrets, without their values. */
export function withoutSecretValues(container: ContainerInfo): ContainerInfo {
  const { mesos, volumes } = container;
  const image = mesos?.image;
  const hidesVolumes = volumes?.some(({ source }) => source?.secret?.value !== undefined) ?? false;
  if (image?.docker?.config?.value === undefined && image?.docker?.credential?.secret === undefined && !hidesVolumes) {
    return container;
  }
  return {
    ...container,
    ...(mesos && { mesos: { ...mesos, ...(image && { image: shownImage(image) }) } }),
    ...(volumes && { volumes: volumes.map(shownVolume) }),
  };
}

/** The same for an executor: of its command, and of its container. */
export function executorWithoutSecretValues(executor: ExecutorInfo): ExecutorInfo {
  const command = executor.command && commandWithoutSecretValues(executor.command);
  const container = executor.container && withoutSecretValues(executor.container);
  if (command === executor.command && container === executor.container) return executor;
  return { ...executor, ...(command && { command }), ...(container && { container }) };
}

/** The same for what looks after a task's health by a command. */
export function healthCheckWithoutSecretValues(check: HealthCheck): HealthCheck {
  const command = check.command && commandWithoutSecretValues(check.command);
  return command === check.command || command === undefined ? check : { ...check, command };
}

function commandWithoutSecretValues(command: CommandInfo): CommandInfo {
  const { environment } = command;
  const variables = environment?.variables ?? [];
  if (!variables.some(({ secret }) => secret?.value !== undefined)) return command;
  return { ...command, environment: { ...environment, variables: variables.map(shownVariable) } };
}

type Variable = NonNullable<Environment['variables']>[number];

function shownVariable(variable: Variable): Variable {
  return variable.secret === undefined ? variable : { ...variable, secret: shown(variable.secret) };
}

function shownImage(image: Image): Image {
  if (image.docker === undefined) return image;
  const { config, credential, ...docker } = image.docker;
  return {
    ...image,
    docker: {
      ...docker,
      ...(config && { config: shown(config) }),
      ...(credential && { credential: { principal: credential.principal } }),
    },
  };
}

function shownVolume(volume: Volume): Volume {
  const { source } = volume;
  return source?.secret === undefined ? volume : { ...volume, source: { ...source, secret: shown(source.secret) } };
}

function shown({ value: _, ...secret }: Secret): Secret {
  return secret;
}
