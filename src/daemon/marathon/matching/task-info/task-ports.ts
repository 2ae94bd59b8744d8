// The ports of one task, as everything that speaks of them needs them: environment, discovery, container and checks.
import type { App, Protocol } from '../../model/app.ts';
import type { Match } from '../match.ts';

/** One port definition or mapping with what was chosen for it. */
export interface TaskPort {
  /** As in the definition: service port in host mode, container port else. 0: left open. */
  readonly declared: number;
  /** On the agent; absent when it has none. */
  readonly hostPort?: number;
  /** Inside the container; absent in host mode. */
  readonly containerPort?: number;
  /** What the task is told: the host port, or else the container port. */
  readonly told: number;
  readonly protocols: readonly ('tcp' | 'udp')[];
  readonly name?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Empty: all networks of the app. */
  readonly networkNames: readonly string[];
}

/** `ports` and `containerPorts` as in Match. */
export function taskPorts(
  { portDefinitions, container }: Pick<App, 'portDefinitions' | 'container'>,
  { ports: hostPorts, containerPorts }: Pick<Match, 'ports' | 'containerPorts'>,
): TaskPort[] {
  if (portDefinitions !== undefined) {
    return portDefinitions.map(({ port, protocol, name, labels }, i) => {
      const hostPort = hostPorts[i] ?? port;
      return { declared: port, hostPort, told: hostPort, ...common(protocol, name, labels), networkNames: [] };
    });
  }
  return (container?.portMappings ?? []).map(({ containerPort: declared, protocol, name, labels, networkNames }, i) => {
    const hostPort = hostPorts[i];
    const containerPort = containerPorts[i] ?? declared;
    return {
      declared,
      ...(hostPort !== undefined && { hostPort }),
      containerPort,
      told: hostPort ?? containerPort,
      ...common(protocol, name, labels),
      networkNames,
    };
  });
}

function common(protocol: Protocol, name: string | undefined, labels: TaskPort['labels']) {
  return { protocols: protocolsOf(protocol), ...(name !== undefined && { name }), labels };
}

function protocolsOf(protocol: Protocol): readonly ('tcp' | 'udp')[] {
  return protocol === 'udp,tcp' ? ['udp', 'tcp'] : [protocol];
}
