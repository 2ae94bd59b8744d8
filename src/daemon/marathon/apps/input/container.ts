// `container`, `networks` and ports: from their JSON to the model. What depends on several of them is in ../assemble.ts.
import type { Container, DockerImage, Network, PortDefinition, PortMapping, Volume } from '../../model/app.ts';
import type { ContainerShape, NetworkShape, PortDefinitionShape, PortMappingShape } from './container-shape.ts';
import type { Report } from './report.ts';

/** A missing type means DOCKER (marathon.md 3.3). Volumes of kinds that do not exist here are reported. */
export function containerOf(shape: ContainerShape, report: Report): Container {
  const { type = 'DOCKER', docker, portMappings, volumes = [], linuxInfo } = shape;
  return {
    type,
    ...(docker && { docker: dockerOf(docker, type) }),
    ...(portMappings && { portMappings: portMappings.map(mappingOf) }),
    volumes: volumes.flatMap((volume, i) => volumeOf(volume, (path, error) => report(['volumes', i, ...path], error))),
    ...(linuxInfo && { linuxInfo }),
  };
}

function dockerOf(shape: NonNullable<ContainerShape['docker']>, type: Container['type']): DockerImage {
  const { image, forcePullImage = false, privileged = false, parameters = [], pullConfig, credential } = shape;
  return {
    image,
    forcePullImage,
    ...(type === 'DOCKER' && { privileged, parameters }),
    ...(pullConfig && { pullConfig }),
    ...(credential && { credential }),
  };
}

function mappingOf(shape: PortMappingShape): PortMapping {
  return { containerPort: 0, servicePort: 0, protocol: 'tcp', labels: {}, networkNames: [], ...shape };
}

function volumeOf(shape: NonNullable<ContainerShape['volumes']>[number], report: Report): Volume[] {
  const { containerPath, hostPath, mode } = shape;
  if (shape.persistent !== undefined) report(['persistent'], 'Persistent volumes are not available in this Marathon.');
  else if (shape.external !== undefined)
    report(['external'], 'Feature external_volumes is not enabled. Enable with --enable_features external_volumes)');
  else if (shape.secret !== undefined)
    report(['secret'], 'Feature secrets is not enabled. Enable with --enable_features secrets)');
  else if (hostPath === undefined) report(['hostPath'], 'not defined');
  else if (mode === undefined) report(['mode'], 'not defined');
  else return [{ kind: 'host', containerPath, hostPath, mode }];
  return [];
}

/** A port on the host's network. */
export function portDefinitionOf(shape: PortDefinitionShape): PortDefinition {
  return { port: 0, protocol: 'tcp', labels: {}, ...shape };
}

/** A missing mode means a container network. */
export function networkOf(shape: NetworkShape): Network {
  return { mode: 'container', labels: {}, ...shape };
}
