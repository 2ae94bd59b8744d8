// A way out through an HTTP CONNECT proxy. A laboratory cluster gives each daemon its own, to cut the daemon off from
// others without a firewall; what the proxy lets through is the proxy's to decide.
import { connect as open, type Socket } from 'node:net';
import { buildConnector } from 'undici';

/** Where a CONNECT proxy listens. */
export interface EgressProxy {
  readonly host: string;
  readonly port: number;
}

/** A proxy's answer to CONNECT is one short head. */
const MAX_HEAD_BYTES = 16 * 1024;
const HEAD_END = '\r\n\r\n';

/** Throws TypeError unless `text` is `host:port`. */
export function parseEgressProxy(text: string): EgressProxy {
  const [, host, port] = /^([^\s:/]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw new TypeError(`'${text}' is no address of a proxy: expected host:port`);
  }
  return { host, port: Number(port) };
}

/** Connections for undici through `proxy`; TLS inside them where the origin asks for it. */
export function egressConnector(proxy: EgressProxy, tls: buildConnector.BuildOptions): buildConnector.connector {
  const direct = buildConnector(tls);
  return (options, done) => {
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    tunnel(proxy, options.hostname, port, (error, socket) => {
      if (socket === undefined) done(error ?? new Error('no connection'), null);
      else if (options.protocol === 'https:') direct({ ...options, httpSocket: socket }, done);
      else done(null, socket);
    });
  };
}

/** Calls `done` once: with a socket that talks to the target, or with why there is none. */
function tunnel(
  proxy: EgressProxy,
  host: string,
  port: number,
  done: (error: Error | undefined, socket?: Socket) => void,
): void {
  const socket = open({ ...proxy, noDelay: true });
  let head = Buffer.alloc(0);
  const fail = (error: Error): void => {
    socket.destroy();
    settle(() => done(error));
  };
  const settle = (act: () => void): void => {
    socket.off('error', fail);
    socket.off('close', closed);
    socket.off('data', read);
    // An error of a socket that nobody listens to would end the process.
    if (socket.destroyed) socket.on('error', () => undefined);
    act();
  };
  const closed = (): void => fail(connectionError(`${host}:${port} cannot be reached from here`));
  const read = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf(HEAD_END);
    if (end < 0) {
      if (head.length > MAX_HEAD_BYTES) fail(new Error('the proxy answered too much'));
      return;
    }
    if (!/^HTTP\/1\.[01] 200 /.test(head.toString('latin1', 0, end))) {
      fail(connectionError(`${host}:${port} refuses connections`));
      return;
    }
    socket.pause();
    settle(() => {
      const rest = head.subarray(end + HEAD_END.length);
      if (rest.length > 0) socket.unshift(rest);
      done(undefined, socket);
    });
  };
  socket.once('connect', () => socket.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`));
  socket.on('error', fail);
  socket.on('close', closed);
  socket.on('data', read);
}

/** As the system would have said it: nobody has seen the request. */
function connectionError(message: string): Error {
  return Object.assign(new Error(message), { code: 'ECONNREFUSED' });
}
