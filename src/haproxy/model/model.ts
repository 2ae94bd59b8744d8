// What the balancer is to do, as a value: services with their servers, names and options, all checked. Made by build-model.ts from
// what was discovered, written by render/. Nothing in it is text from outside that was not parsed and made anew
// (haproxy.md 17.2); overrides alone are raw, and come through the sandbox (17.4).

/** Services sorted by app id and port (haproxy.md 5.2); problems in the order they were found. */
export interface BalancerModel {
  readonly services: readonly Service[];
  readonly problems: readonly Problem[];
  /** Id of a deployment group → ids of its apps; the first one has the labels of its services (haproxy.md 16.2). */
  readonly groups?: ReadonlyMap<string, readonly string[]>;
}

/** One port of an app that the balancer serves. */
export interface Service {
  readonly appId: string;
  /** n of the labels `HAPROXY_{n}_…`. */
  readonly portIndex: number;
  /** Port listened on, after HAPROXY_{n}_PORT. */
  readonly port: number;
  /** Name of frontend and backend; unique (haproxy.md 5.3, 5.5). */
  readonly name: string;
  readonly mode: 'tcp' | 'http';
  /** `*` or an IP literal. */
  readonly bindAddress: string;
  /** Path of a certificate for the service port, or for its vhosts with grouped HTTPS. */
  readonly certificate?: string;
  /** Raw, allowed by the sandbox; appended to the bind line. */
  readonly bindOptions?: string;
  /** false: no frontend of its own (HAPROXY_{n}_EXPOSE_PORT). */
  readonly hasFrontend: boolean;
  readonly balance: string;
  readonly isSticky: boolean;
  /** Lower case; a leading `*.` stands for any sub-domain. Empty: not behind 80 and 443. */
  readonly virtualHosts: readonly string[];
  /** Name of the ACL of its virtual hosts; unique (haproxy.md 5.4, 5.5). */
  readonly hostAcl: string;
  /** Name of the ACL of its app id on port 9091; the same for all services of an app, unique among apps. */
  readonly appAcl: string;
  readonly path?: { readonly ignoresCase: boolean; readonly prefixes: readonly string[] };
  /** Order of virtual-host rules, larger first. */
  readonly weight: number;
  readonly redirectsToHttps: boolean;
  readonly usesHsts: boolean;
  readonly auth?: {
    readonly realm: string;
    readonly users: readonly { readonly name: string; readonly hash: string }[];
  };
  readonly proxyPassPath?: string;
  readonly reverseProxyPath?: string;
  readonly redirectPath?: string;
  /** Absent: everybody. */
  readonly allowedNetworks?: readonly string[];
  readonly healthCheck?: ServiceHealthCheck;
  /** Sorted by host and port. */
  readonly servers: readonly Server[];
  /** Template name (without HAPROXY_) → text that replaces it for this service. */
  readonly overrides: ReadonlyMap<string, string>;
}

/** As HAProxy asks (haproxy.md 7). Seconds as given. */
export interface ServiceHealthCheck {
  readonly kind: 'tcp' | 'http' | 'https';
  /** For http and https. */
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly gracePeriodSeconds: number;
  readonly maxConsecutiveFailures: number;
  /** Marathon's name of the protocol, for templates. */
  readonly protocol: string;
  readonly portIndex?: number;
  readonly port?: number;
}

/** One task's port. */
export interface Server {
  /** haproxy.md 5.6: holds address and port, so that state files stay true. */
  readonly name: string;
  /** 1 to 32766, unique in the backend (haproxy.md 5.8). */
  readonly id: number;
  readonly taskId: string;
  readonly host: string;
  /** IPv4, or IPv6 without brackets. */
  readonly address: string;
  readonly port: number;
  /** First 10 hex digits of the name's sha1 (haproxy.md 5.9); absent where the service is not sticky. */
  readonly cookie?: string;
  /** Gets nothing new: `disabled` (haproxy.md 8.2). */
  readonly isDraining: boolean;
  /** Port that is checked, written as ` port N`; absent: the server's own. Holds the check's `port` too, where it has one. */
  readonly checkPort?: number;
  /** true: no check though the service has one, because its task runs an older version with another (haproxy.md 3.5). */
  readonly isUnchecked?: boolean;
  /** 0 to 256; absent: as all others. */
  readonly weight?: number;
}

/** Something of one app that was not taken as it came; the others are not touched by it. */
export interface Problem {
  readonly appId: string;
  readonly portIndex?: number;
  /** Label or field. */
  readonly where?: string;
  /** `left-out`: the service is not served (or with its last good text). `changed`: served without this. `warning`. */
  readonly effect: 'left-out' | 'changed' | 'warning';
  /** What is wrong and what to do, in one line; never holds secrets. */
  readonly message: string;
}
