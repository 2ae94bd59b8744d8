// What sockets and undici throw, as NetErrors.
import { NetError, type NetErrorCode } from '../../net.ts';

const CODES: Readonly<Record<string, NetErrorCode>> = {
  ECONNREFUSED: 'refused',
  // No way to that host: as sure as a refusal that nobody has seen the request.
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EADDRNOTAVAIL: 'refused',
  ENOTFOUND: 'unresolved',
  EAI_AGAIN: 'unresolved',
  EINVAL: 'unresolved',
  ERR_INVALID_URL: 'unresolved',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'too-large',
};

/** What went wrong with an exchange, by the system's code. */
export function netError(cause: unknown, what: string): NetError {
  if (cause instanceof NetError) return cause;
  const error = cause as NodeJS.ErrnoException;
  const first = cause instanceof AggregateError ? (cause.errors[0] as NodeJS.ErrnoException | undefined) : undefined;
  const code = CODES[error.code ?? first?.code ?? ''] ?? 'broken';
  return new NetError(code, `${what}: ${error.message || first?.message || error.code || 'connection failed'}`, {
    cause,
  });
}

/** What went wrong with binding to a port. */
export function listenError(cause: unknown, host: string, port: number): NetError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const address = `${host}:${port}`;
  if (code === 'EADDRINUSE') return new NetError('in-use', `${address} is taken by another process`, { cause });
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    return new NetError('forbidden', `cannot listen on ${address}: ${message}`, { cause });
  }
  return netError(cause, `cannot listen on ${address}`);
}
