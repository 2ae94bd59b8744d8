// Containers and their volumes, as tasks and executors ask for them (mesos-api.md 14.2).
import type { ContainerInfo, Volume, Volume_Source } from '../generated/v1.ts';
import { because, firstProblem, type Problem } from './problem.ts';

/**
 * Volumes first, then what DOCKER containers must have. Whether the agent can run such a container is not asked here.
 */
export function validateContainerInfo(container: ContainerInfo): Problem {
  const volumes = firstProblem(container.volumes, (volume) => because('Invalid volume: ', validateVolume(volume)));
  if (volumes !== undefined || container.type !== 'DOCKER') return volumes;
  if (container.docker === undefined) return "DockerInfo 'docker' is not set for DOCKER typed ContainerInfo";
  // The containerizer names containers itself and finds them by that name again.
  if (container.docker.parameters?.some(({ key }) => key === 'name')) {
    return "Parameter in DockerInfo must not be 'name'";
  }
  return undefined;
}

function validateVolume(volume: Volume): Problem {
  const given = [volume.host_path, volume.image, volume.source].filter((value) => value !== undefined);
  if (given.length !== 1) return "Only one of them should be set: 'host_path', 'image' and 'source'";
  return volume.source === undefined ? undefined : validateSource(volume.source);
}

function validateSource(source: Volume_Source): Problem {
  switch (source.type) {
    case 'DOCKER_VOLUME':
      return source.docker_volume === undefined
        ? "'source.docker_volume' is not set for DOCKER_VOLUME volume"
        : undefined;
    case 'HOST_PATH':
      return source.host_path === undefined ? "'source.host_path' is not set for HOST_PATH volume" : undefined;
    case 'SANDBOX_PATH':
      return source.sandbox_path === undefined ? "'source.sandbox_path' is not set for SANDBOX_PATH volume" : undefined;
    case 'SECRET':
      return source.secret === undefined ? "'source.secret' is not set for SECRET volume" : undefined;
    case 'CSI_VOLUME':
      if (source.csi_volume === undefined) return "'source.csi_volume' is not set for CSI volume";
      return source.csi_volume.static_provisioning === undefined
        ? "'source.csi_volume.static_provisioning' is not set for CSI volume"
        : undefined;
    default:
      return "'source.type' is unknown";
  }
}

/** `share_cgroups` as it was set; undefined when the message does not say. */
export function shareCgroups(container: ContainerInfo | undefined): boolean | undefined {
  return container?.linux_info?.share_cgroups;
}
