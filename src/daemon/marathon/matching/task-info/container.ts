// The container of a task: image, networks, volumes (marathon.md 15.2). Passed on as the app says it, whatever the agent
// that gets it can do.
import type {
  ContainerInfo,
  ContainerInfo_DockerInfo,
  Image,
  NetworkInfo,
  NetworkInfo_PortMapping,
  Volume as VolumeInfo,
} from '../../../../mesos/generated/v1.ts';
import type { App, Container, DockerImage, Network, Volume } from '../../model/app.ts';
import { labelsOf } from './labels.ts';
import { linuxInfoOf } from './linux-info.ts';
import type { TaskPort } from './task-ports.ts';

/** Undefined for a plain process. */
export function containerOf(
  app: App,
  { taskId, ports, bridgeName }: { taskId: string; ports: readonly TaskPort[]; bridgeName: string },
): ContainerInfo | undefined {
  const { container, tty } = app;
  const terminal: Pick<ContainerInfo, 'tty_info'> = tty === true ? { tty_info: {} } : {};
  if (container === undefined) return tty === true ? { type: 'MESOS', ...terminal } : undefined;
  const shared = {
    type: container.type,
    ...(container.volumes.length > 0 && { volumes: container.volumes.map(volumeOf) }),
    ...terminal,
  };
  if (container.type === 'DOCKER') return { ...shared, ...dockerPart(app, container, taskId, ports) };
  const networks = app.networks.filter(({ mode }) => mode !== 'host');
  return {
    ...shared,
    mesos: container.docker === undefined ? {} : { image: imageOf(app, container.docker) },
    ...(networks.length > 0 && { network_infos: networks.map((network) => networkOf(network, ports, bridgeName)) }),
    ...(container.linuxInfo !== undefined && { linux_info: linuxInfoOf(container.linuxInfo) }),
  };
}

function dockerPart(app: App, { docker }: Container, taskId: string, ports: readonly TaskPort[]) {
  const [network] = app.networks;
  const info: ContainerInfo_DockerInfo = {
    image: docker?.image ?? '',
    network: network?.mode === 'container' ? 'USER' : network?.mode === 'container/bridge' ? 'BRIDGE' : 'HOST',
    privileged: docker?.privileged ?? false,
    force_pull_image: docker?.forcePullImage ?? false,
    // The engine lists containers by label, so that they are found by task.
    parameters: [...(docker?.parameters ?? []), { key: 'label', value: `MESOS_TASK_ID=${taskId}` }],
  };
  const mappings = network?.mode === 'host' ? [] : mappingsOf(ports);
  if (mappings.length > 0) info.port_mappings = mappings;
  return { docker: info, ...(network?.mode === 'container' && { network_infos: [namedNetwork(network)] }) };
}

function namedNetwork({ name, labels }: Network): NetworkInfo {
  const given = labelsOf(labels);
  return { ...(name !== undefined && { name }), ...(given !== undefined && { labels: given }) };
}

/** An empty address asks for one of each network. */
function networkOf(network: Network, ports: readonly TaskPort[], bridgeName: string): NetworkInfo {
  const name = network.mode === 'container/bridge' ? bridgeName : network.name;
  const own = ports.filter(
    ({ networkNames }) => networkNames.length === 0 || (name !== undefined && networkNames.includes(name)),
  );
  const mappings = mappingsOf(own);
  return {
    ...namedNetwork(network),
    ...(name !== undefined && { name }),
    ip_addresses: [{}],
    ...(mappings.length > 0 && { port_mappings: mappings }),
  };
}

function mappingsOf(ports: readonly TaskPort[]): NetworkInfo_PortMapping[] {
  return ports.flatMap(({ hostPort, containerPort, protocols }) =>
    hostPort === undefined || containerPort === undefined
      ? []
      : protocols.map((protocol) => ({ host_port: hostPort, container_port: containerPort, protocol })),
  );
}

function imageOf({ secrets }: App, { image, forcePullImage, pullConfig, credential }: DockerImage): Image {
  const source = pullConfig && (secrets[pullConfig.secret]?.source ?? pullConfig.secret);
  return {
    type: 'DOCKER',
    docker: {
      name: image,
      ...(credential !== undefined && { credential }),
      ...(source !== undefined && { config: { type: 'REFERENCE', reference: { name: source } } }),
    },
    cached: !forcePullImage,
  };
}

function volumeOf({ containerPath, hostPath, mode }: Volume): VolumeInfo {
  return { container_path: containerPath, host_path: hostPath, mode };
}
