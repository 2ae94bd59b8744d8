// Lines between members: two sockets and what they say to each other, which stops without a word while the two are cut.
// Nothing is refused and nothing is lost: what was said meanwhile arrives when the cut ends, as it would over a network.
import { connect, type Socket } from 'node:net';
import type { Endpoint } from '../plan.ts';

/** From whom to whom. */
export interface Ends {
  readonly from: string;
  /** Undefined: somebody who is no member, who is never cut off. */
  readonly to: string | undefined;
}

/** A connection that somebody opened and wants to have go on to `target`. */
export interface LineRequest extends Ends {
  readonly socket: Socket;
  readonly target: Endpoint;
  /** Called once the target has accepted, before anything else is said to the socket. */
  readonly accepted: () => void;
  /** Called instead when it did not; the socket is the caller's then. */
  readonly refused: (error: Error) => void;
}

interface Line extends Ends {
  readonly downstream: Socket;
  upstream: Socket | undefined;
  readonly request: LineRequest;
}

/** Every line there is. `isCut` is asked when a line is opened and whenever `review` is called. */
export class Lines {
  readonly #isCut: (from: string, to: string) => boolean;
  readonly #lines = new Set<Line>();

  constructor(isCut: (from: string, to: string) => boolean) {
    this.#isCut = isCut;
  }

  get count(): number {
    return this.#lines.size;
  }

  open(request: LineRequest): void {
    const { socket, from, to } = request;
    const line: Line = { from, to, downstream: socket, upstream: undefined, request };
    this.#lines.add(line);
    socket.on('error', () => this.#end(line));
    socket.on('close', () => this.#end(line));
    if (this.#isStill(line)) socket.pause();
    else this.#extend(line);
  }

  /** After cuts were made or ended. */
  review(): void {
    for (const line of this.#lines) {
      if (this.#isStill(line)) this.#still(line);
      else if (line.upstream === undefined) this.#extend(line);
      else this.#join(line);
    }
  }

  close(): void {
    for (const line of this.#lines) this.#end(line);
  }

  #isStill({ from, to }: Line): boolean {
    return to !== undefined && this.#isCut(from, to);
  }

  #extend(line: Line): void {
    const { request } = line;
    const upstream = connect({ host: request.target.ip, port: request.target.port, noDelay: true });
    line.upstream = upstream;
    let isAccepted = false;
    upstream.once('connect', () => {
      isAccepted = true;
      request.accepted();
      if (!this.#isStill(line)) this.#join(line);
    });
    upstream.on('error', (error) => {
      if (isAccepted) return this.#end(line);
      this.#lines.delete(line);
      request.refused(error);
    });
    upstream.on('close', () => {
      if (isAccepted) this.#end(line);
    });
  }

  #join({ downstream, upstream }: Line): void {
    if (upstream === undefined || upstream.connecting) return;
    // Piping twice would say everything twice.
    downstream.unpipe();
    upstream.unpipe();
    downstream.pipe(upstream);
    upstream.pipe(downstream);
  }

  #still({ downstream, upstream }: Line): void {
    downstream.unpipe();
    upstream?.unpipe();
    downstream.pause();
    upstream?.pause();
  }

  #end(line: Line): void {
    if (!this.#lines.delete(line)) return;
    line.downstream.destroy();
    line.upstream?.destroy();
  }
}
