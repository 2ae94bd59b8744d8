// Why there is nothing to balance this turn. Whatever the reason, what is served stays as it is (haproxy.md 10.2).

/**
 * - `unreachable`: no Marathon answered in time, or those that did said they cannot (5xx), or would not (401, 403).
 * - `unusable`: an answer came that is no list of apps: HTML, broken JSON, too long, another document.
 * - `empty`: an answer without any app, which after a fail-over of Marathon is the likely thing to be wrong.
 */
export type DiscoveryErrorCode = 'unreachable' | 'unusable' | 'empty';

/** No discovery; the message names each Marathon asked and what it said, without credentials. */
export class DiscoveryError extends Error {
  override readonly name = 'DiscoveryError';
  readonly code: DiscoveryErrorCode;
  constructor(code: DiscoveryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
