// JSON shape of `container`, `networks` and ports, deprecated spellings included (marathon.md 3.3, 3.4).
import * as z from 'zod';
import { count, labels, name, networkName, port, portName, protocol } from './members.ts';

export const portDefinition = z.object({
  port: port.exactOptional(),
  protocol: protocol.exactOptional(),
  name: portName.exactOptional(),
  labels: labels.exactOptional(),
});

export const network = z.object({
  mode: z.enum(['container', 'container/bridge', 'host']).exactOptional(),
  name: networkName.exactOptional(),
  labels: labels.exactOptional(),
});

const portMapping = z.object({
  containerPort: port.exactOptional(),
  hostPort: port.exactOptional(),
  servicePort: port.exactOptional(),
  protocol: protocol.exactOptional(),
  name: portName.exactOptional(),
  labels: labels.exactOptional(),
  networkNames: z.array(networkName).exactOptional(),
});

const docker = z.object({
  image: name,
  forcePullImage: z.boolean().exactOptional(),
  privileged: z.boolean().exactOptional(),
  parameters: z.array(z.object({ key: name, value: z.string() })).exactOptional(),
  pullConfig: z.object({ secret: name }).exactOptional(),
  credential: z.object({ principal: z.string(), secret: z.string().exactOptional() }).exactOptional(),
  network: z.enum(['HOST', 'BRIDGE', 'USER']).exactOptional(),
  portMappings: z.array(portMapping).exactOptional(),
});

/** A union by members: which of the last four are there tells what it is. */
const volume = z.object({
  containerPath: name,
  mode: z.enum(['RO', 'RW']).exactOptional(),
  hostPath: name.exactOptional(),
  persistent: z.object({}).exactOptional(),
  external: z.object({}).exactOptional(),
  secret: z.string().exactOptional(),
});

const linuxInfo = z.object({
  seccomp: z.object({ profileName: name.exactOptional(), unconfined: z.boolean().exactOptional() }).exactOptional(),
  ipcInfo: z.object({ mode: z.enum(['PRIVATE', 'SHARE_PARENT']), shmSize: count.exactOptional() }).exactOptional(),
});

export const container = z.object({
  type: z.enum(['DOCKER', 'MESOS']).exactOptional(),
  docker: docker.exactOptional(),
  portMappings: z.array(portMapping).exactOptional(),
  volumes: z.array(volume).exactOptional(),
  linuxInfo: linuxInfo.exactOptional(),
});

/** Deprecated: a container network and the ports that are open in it. */
export const ipAddress = z.object({
  networkName: networkName.exactOptional(),
  labels: labels.exactOptional(),
  discovery: z
    .object({
      ports: z
        .array(
          z.object({
            number: port,
            name: portName.exactOptional(),
            protocol: protocol.exactOptional(),
            labels: labels.exactOptional(),
          }),
        )
        .exactOptional(),
    })
    .exactOptional(),
});

export type ContainerShape = z.infer<typeof container>;
export type PortMappingShape = z.infer<typeof portMapping>;
export type PortDefinitionShape = z.infer<typeof portDefinition>;
export type NetworkShape = z.infer<typeof network>;
export type IpAddressShape = z.infer<typeof ipAddress>;
