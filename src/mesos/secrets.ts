// Values of secrets are for the agent that uses them, and are shown to nobody (mesos-semantics.md 12.3).
import type { ContainerInfo, Image, Secret, Volume } from './generated/v1.ts';

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
