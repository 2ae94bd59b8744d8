// The one service port of an app's JSON: where it stands, and the same JSON with another (haproxy.md 2.3.2, 16.6).
import { FieldError, isObject, type JsonObject } from '../../discovery/json-fields.ts';
import { readNetwork } from '../../discovery/network.ts';
import { Refusal } from '../refusal.ts';

/** Throws Refusal when there is none, more than one, or one that Marathon would choose. */
export function servicePortOf(definition: JsonObject): number {
  const ports = networkOf(definition).servicePorts;
  if (ports.length > 1) {
    throw new Refusal('definition', `The app has ${ports.length} service ports.`, {
      why: 'A deployment between two colours is of one port: the colours take turns with it and the alternate one.',
    });
  }
  const [port] = ports;
  if (port === undefined || port === 0) {
    throw new Refusal('definition', 'The app has no service port of its own.', {
      why: 'It is portDefinitions[0].port, or servicePort in portMappings[0], and not 0.',
    });
  }
  return port;
}

/** A copy in which the service port is another, wherever it was written. */
export function withServicePort(definition: JsonObject, port: number): JsonObject {
  const container = isObject(definition.container) ? definition.container : undefined;
  const docker = container !== undefined && isObject(container.docker) ? container.docker : undefined;
  const changedDocker = docker && withFirst(docker, 'portMappings', 'servicePort', port);
  const changedContainer = container && {
    ...withFirst(container, 'portMappings', 'servicePort', port),
    ...(changedDocker && { docker: changedDocker }),
  };
  const changed = withFirst(definition, 'portDefinitions', 'port', port);
  const { ports } = changed;
  return {
    ...changed,
    ...(changedContainer && { container: changedContainer }),
    ...(Array.isArray(ports) && ports.length > 0 && { ports: [port] }),
  };
}

function withFirst(object: JsonObject, list: string, member: string, port: number): JsonObject {
  const entries = object[list];
  if (!Array.isArray(entries) || !isObject(entries[0])) return object;
  return { ...object, [list]: [{ ...entries[0], [member]: port }, ...entries.slice(1)] };
}

function networkOf(definition: JsonObject) {
  try {
    return readNetwork(definition);
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    throw new Refusal('definition', `${error.where === '' ? 'The app' : error.where} ${error.message}.`);
  }
}
