// Why a container cannot be in a network, or cannot be taken out of it.

/**
 * `config`: a network's config file cannot be used. `unknown`: there is no such network here. `unavailable`: this machine
 * lacks what it takes. `plugin`: a CNI plugin failed. `machine`: a tool of the machine did.
 */
export type NetworkErrorCode = 'config' | 'unknown' | 'unavailable' | 'plugin' | 'machine';

/** The message goes into the task's status. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly code: NetworkErrorCode;
  constructor(code: NetworkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
