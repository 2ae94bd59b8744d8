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
  /**
   * A target that refuses is tried again for so long. For callers who know of a refusal what to do, and take an
   * accepted connection that ends for something else. Default 0.
   */
  readonly patienceMs?: number;
  /** Called once the target has accepted and may be heard, before anything else is said to the socket. */
  readonly accepted: () => void;
  /** Called instead when it did not; the socket is the caller's then. */
  readonly refused: (error: Error) => void;
}

interface Line extends Ends {
  readonly downstream: Socket;
  upstream: Socket | undefined;
  /** The caller was told that the target has accepted. */
  isTold: boolean;
  /** Set once the target has refused. */
  firstRefusalMs: number | undefined;
  retry: NodeJS.Timeout | undefined;
  readonly request: LineRequest;
}

/** Who is cut off tries again and again, and hangs up unheard: of so many that wait for the cut to end the first is dropped. */
const MOST_WAITING = 500;
const RETRY_MS = 25;

/** Every line there is. `isCut` is asked when a line is opened and whenever `review` is called. */
export class Lines {
  readonly #isCut: (from: string, to: string) => boolean;
  readonly #lines = new Set<Line>();
  /** Those of #lines that were opened during a cut, the oldest first. */
  readonly #waiting = new Set<Line>();

  constructor(isCut: (from: string, to: string) => boolean) {
    this.#isCut = isCut;
  }

  get count(): number {
    return this.#lines.size;
  }

  open(request: LineRequest): void {
    const { socket, from, to } = request;
    const line: Line = {
      from,
      to,
      downstream: socket,
      upstream: undefined,
      isTold: false,
      firstRefusalMs: undefined,
      retry: undefined,
      request,
    };
    this.#lines.add(line);
    socket.on('error', () => this.#end(line));
    socket.on('close', () => this.#end(line));
    if (this.#isStill(line)) this.#wait(line);
    else this.#extend(line);
  }

  #wait(line: Line): void {
    line.downstream.pause();
    this.#waiting.add(line);
    const [oldest] = this.#waiting;
    if (this.#waiting.size > MOST_WAITING && oldest !== undefined) this.#end(oldest);
  }

  /** After cuts were made or ended. */
  review(): void {
    for (const line of this.#lines) {
      if (this.#isStill(line)) this.#still(line);
      else if (line.upstream === undefined && line.retry === undefined) this.#extend(line);
      else if (line.upstream !== undefined) this.#join(line);
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
    this.#waiting.delete(line);
    const upstream = connect({ host: request.target.ip, port: request.target.port, noDelay: true });
    line.upstream = upstream;
    let isAccepted = false;
    upstream.once('connect', () => {
      isAccepted = true;
      if (this.#isStill(line)) this.#still(line);
      else this.#join(line);
    });
    upstream.on('error', (error) => {
      if (isAccepted) this.#end(line);
      else this.#refused(line, error);
    });
    upstream.on('close', () => {
      if (isAccepted) this.#end(line);
    });
  }

  #refused(line: Line, error: Error): void {
    if (!this.#lines.has(line)) return;
    const { request } = line;
    line.firstRefusalMs ??= performance.now();
    if (performance.now() - line.firstRefusalMs >= (request.patienceMs ?? 0)) {
      this.#lines.delete(line);
      request.refused(error);
      return;
    }
    line.upstream = undefined;
    line.retry = setTimeout(() => {
      line.retry = undefined;
      if (this.#isStill(line)) this.#wait(line);
      else this.#extend(line);
    }, RETRY_MS);
  }

  #join(line: Line): void {
    const { downstream, upstream } = line;
    if (upstream === undefined || upstream.connecting) return;
    if (!line.isTold) line.request.accepted();
    line.isTold = true;
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
    this.#waiting.delete(line);
    clearTimeout(line.retry);
    line.downstream.destroy();
    line.upstream?.destroy();
  }
}
