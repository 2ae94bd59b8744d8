// One connection: two directions, each in order, each stalled or cut on its own. Like TCP, neither end learns of the
// other's end unless a packet comes through or what it sends stays unanswered for too long.
import type { Endpoint, Network } from './network.ts';

/** The end of a connection. */
export type Side = 'client' | 'server';

interface End extends Endpoint {
  isOpen: boolean;
  /** Called at most once, when this end learns that the connection is over, unless it closed it itself. */
  onBroken: (reason: string) => void;
  /** What could not leave yet because the way is blocked. */
  readonly stalled: (() => void)[];
  lastArrivalMs: number;
  isGivingUp: boolean;
  readonly forget: () => void;
}

/** Bytes arrive in order or not at all. */
export class Connection {
  readonly #network: Network;
  readonly #client: End;
  readonly #server: End;
  #stopHealWatch: (() => void) | undefined;

  constructor(network: Network, client: Endpoint, server: Endpoint) {
    this.#network = network;
    this.#client = this.#endOf(client, 'client');
    this.#server = this.#endOf(server, 'server');
  }

  isOpen(side: Side): boolean {
    return this.#end(side).isOpen;
  }

  onBroken(side: Side, fn: (reason: string) => void): void {
    this.#end(side).onBroken = fn;
  }

  /** Sends from `side`; `deliver` happens in the other end's process, after everything sent before, if it gets there. */
  send(side: Side, label: string, deliver: () => void): void {
    const sender = this.#end(side);
    const receiver = this.#end(opposite(side));
    if (!sender.isOpen) {
      return;
    }
    const dispatch = () => this.#dispatch(sender, receiver, label, deliver);
    if (sender.stalled.length > 0 || this.#network.isBlocked(sender.host, receiver.host)) {
      sender.stalled.push(dispatch);
      this.#stopHealWatch ??= this.#network.onHeal(() => this.#healed());
      this.#startGivingUp(sender, receiver);
      return;
    }
    dispatch();
    if (this.#network.isBlocked(receiver.host, sender.host)) {
      // It arrives, but no acknowledgement comes back.
      this.#startGivingUp(sender, receiver);
    }
  }

  /** `side` is done with the connection; the other end learns of it if it can be reached. */
  close(side: Side): void {
    const end = this.#end(side);
    if (!end.isOpen) {
      return;
    }
    this.send(side, 'close', () => this.#break(this.#end(opposite(side)), 'closed by the peer'));
    this.#shut(end);
  }

  /** Both ends know that everything has been said. */
  finish(): void {
    this.#shut(this.#client);
    this.#shut(this.#server);
  }

  /** The path between the two breaks: both ends learn of it now. */
  cut(): void {
    this.#break(this.#client, 'connection reset');
    this.#break(this.#server, 'connection reset');
  }

  #endOf(endpoint: Endpoint, side: Side): End {
    return {
      ...endpoint,
      isOpen: true,
      onBroken: ignoreReason,
      stalled: [],
      lastArrivalMs: 0,
      isGivingUp: false,
      forget: endpoint.life.onDeath((kind) => {
        const end = this.#end(side);
        if (kind === 'power-loss') {
          this.#shut(end);
        } else {
          this.close(side);
        }
      }),
    };
  }

  #end(side: Side): End {
    return side === 'client' ? this.#client : this.#server;
  }

  #dispatch(sender: End, receiver: End, label: string, deliver: () => void): void {
    const { engine } = this.#network;
    const arrivalMs = Math.max(engine.nowMs + this.#network.delayMs(sender.host, receiver.host), sender.lastArrivalMs);
    sender.lastArrivalMs = arrivalMs;
    engine.schedule(label, arrivalMs - engine.nowMs, () => this.#arrive(sender, receiver, label, deliver));
  }

  #arrive(sender: End, receiver: End, label: string, deliver: () => void): void {
    const { engine } = this.#network;
    if (!receiver.host.isUp) {
      this.#startGivingUp(sender, receiver);
      return;
    }
    if (!receiver.isOpen) {
      this.#reset(receiver, sender);
      return;
    }
    if (receiver.life.stoppedUntilMs > engine.nowMs) {
      engine.schedule(label, receiver.life.stoppedUntilMs - engine.nowMs, () =>
        this.#arrive(sender, receiver, label, deliver),
      );
      return;
    }
    engine.fingerprint.addInteger(receiver.life.serial);
    try {
      deliver();
    } catch (error) {
      receiver.life.onUncaught(error);
    }
  }

  /** Answers a packet for a connection that is not there (any more). Lost when the way is blocked. */
  #reset(from: End, to: End): void {
    if (to.isOpen && !this.#network.isBlocked(from.host, to.host)) {
      this.#network.engine.schedule('reset', this.#network.delayMs(from.host, to.host), () =>
        this.#break(to, 'connection reset by the peer'),
      );
    }
  }

  #startGivingUp(sender: End, receiver: End): void {
    if (sender.isGivingUp || !sender.isOpen) {
      return;
    }
    sender.isGivingUp = true;
    this.#network.engine.schedule('give-up', this.#network.giveUpAfterMs(), () => {
      sender.isGivingUp = false;
      const isUnreachable =
        !receiver.host.isUp ||
        this.#network.isBlocked(sender.host, receiver.host) ||
        this.#network.isBlocked(receiver.host, sender.host);
      if (isUnreachable) {
        sender.stalled.length = 0;
        this.#network.counts.stalled++;
        this.#break(sender, 'no answer from the peer');
      } else if (!receiver.isOpen) {
        this.#reset(receiver, sender);
      }
    });
  }

  #healed(): void {
    for (const end of [this.#client, this.#server]) {
      for (const dispatch of end.stalled.splice(0)) {
        dispatch();
      }
    }
  }

  /** This end learns that the connection is over. */
  #break(end: End, reason: string): void {
    if (!end.isOpen) {
      return;
    }
    this.#shut(end);
    if (end.life.isAlive) {
      end.life.later('broken', 0, () => end.onBroken(reason));
    }
  }

  #shut(end: End): void {
    end.isOpen = false;
    end.forget();
    if (!this.#client.isOpen && !this.#server.isOpen) {
      this.#stopHealWatch?.();
      this.#stopHealWatch = undefined;
    }
  }
}

function opposite(side: Side): Side {
  return side === 'client' ? 'server' : 'client';
}

function ignoreReason(_reason: string): undefined {
  return undefined;
}
