// The container of a task: image, networks, volumes (chronos.md 2.4, 9.10). Passed on as the job says it, whatever the agent that gets it
// can do.
import type { ContainerInfo, NetworkInfo, Volume } from '../../../../mesos/generated/v1.ts';
import type { JobContainer, JobDefinition } from '../../model/job.ts';

/** Undefined for a plain process. */
export function containerOf({ container }: JobDefinition, taskId: string): ContainerInfo | undefined {
  if (container === undefined) return undefined;
  const { type, image, forcePullImage } = container;
  const networks = networksOf(container);
  const shared = {
    type,
    ...(container.volumes.length > 0 && { volumes: container.volumes.map(volumeOf) }),
    ...(networks.length > 0 && { network_infos: networks }),
  };
  if (type === 'MESOS')
    return { ...shared, mesos: { image: { type: 'DOCKER', docker: { name: image }, cached: !forcePullImage } } };
  // The engine lists containers by label, so that they are found by task.
  const parameters = [...container.parameters, { key: 'label', value: `MESOS_TASK_ID=${taskId}` }];
  const mappings = container.networkInfos.flatMap(({ portMappings }) => portMappings.map(mappingOf));
  const { network } = container;
  return {
    ...shared,
    docker: {
      image,
      network,
      parameters,
      force_pull_image: forcePullImage,
      ...(mappings.length > 0 && network !== 'HOST' && { port_mappings: mappings }),
    },
  };
}

function networksOf({ networkName, networkInfos }: JobContainer): NetworkInfo[] {
  const named = networkInfos.map(
    ({ name, protocol, labels, portMappings }): NetworkInfo => ({
      ...(name !== undefined && { name }),
      ...(protocol !== undefined && { ip_addresses: [{ protocol }] }),
      ...(labels.length > 0 && { labels: { labels: labels.map(({ key, value }) => ({ key, value })) } }),
      ...(portMappings.length > 0 && { port_mappings: portMappings.map(mappingOf) }),
    }),
  );
  return named.length > 0 || networkName === undefined ? named : [{ name: networkName }];
}

function mappingOf({
  hostPort,
  containerPort,
  protocol,
}: JobContainer['networkInfos'][number]['portMappings'][number]) {
  return { host_port: hostPort, container_port: containerPort, ...(protocol !== undefined && { protocol }) };
}

function volumeOf({ containerPath, hostPath, mode, external }: JobContainer['volumes'][number]): Volume {
  if (external === undefined)
    return { container_path: containerPath, mode, ...(hostPath !== undefined && { host_path: hostPath }) };
  const { name, provider, options } = external;
  const parameter = options.map(({ key, value }) => ({ key, value }));
  return {
    container_path: containerPath,
    mode,
    source: {
      type: 'DOCKER_VOLUME',
      docker_volume: { driver: provider, name, ...(parameter.length > 0 && { driver_options: { parameter } }) },
    },
  };
}
