// Why a turn did not bring the balancer to what Marathon says. Whatever the reason: what was served before still is.

/**
 * - `locked`: another turn is at work on the same config.
 * - `source`: no Marathon gave a usable answer.
 * - `guard`: so much would go that it has to be seen twice (haproxy.md 10.2).
 * - `nothing-valid`: HAProxy takes the file even without any service no better: a template or certificate is wrong.
 * - `preflight`: HAProxy would take the file and then not start with it (haproxy.md 10.6).
 * - `no-haproxy`: the program cannot be started to check the file.
 * - `reload-failed`: HAProxy would not load it; the files before are back.
 * - `held-back`: this very file was refused a short while ago, and is not tried again yet (haproxy.md 10.10).
 * - `not-running`: there is no HAProxy, and the way to reload it cannot start one.
 * - `disk`: a file could not be written.
 */
export type ApplyErrorCode =
  | 'locked'
  | 'source'
  | 'guard'
  | 'nothing-valid'
  | 'preflight'
  | 'no-haproxy'
  | 'reload-failed'
  | 'held-back'
  | 'not-running'
  | 'disk';

/** The message says what happened and what to do, in words for an operator; it holds no secrets. */
export class ApplyError extends Error {
  override readonly name = 'ApplyError';
  readonly code: ApplyErrorCode;
  constructor(code: ApplyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
