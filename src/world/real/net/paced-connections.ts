// Connections come in bursts: after a fail-over thousands of agents are there at once, each with a long report. Whoever read
// them all as they come would do nothing else for a second, for the system offers all that is there in one turn of the loop.
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/** So many are listened to that have not asked anything yet: what they say at once takes some milliseconds. */
export const MAX_UNHEARD = 25;
/** Nobody waits longer for those that are silent. */
const MAX_SILENCE_MS = 50;
/** So many at a time at the most while most are silent: they may all have something to say a little later. */
const MAX_SILENT = 4 * MAX_UNHEARD;

/** `close`: those that are not listened to yet are dropped, as further ones are. */
export interface PacedConnections {
  close(): void;
}

/**
 * The server listens to new connections in the order they came, to a few at a time. What waits is bounded by its
 * `maxConnections`.
 */
export function paceConnections(server: Server, maxSilenceMs = MAX_SILENCE_MS): PacedConnections {
  const listeners = server.listeners('connection');
  const waiting = new Set<Socket>();
  /** With the time when they no longer count, in their order. */
  const unheard = new Map<Socket, number>();
  /** How many may be unheard: more while most are silent, so that thousands of those do not keep others out for long. */
  let room = MAX_UNHEARD;
  /** That asked something since one was silent for too long, or since so many asked that it is a burst. */
  let asked = 0;
  let isSoon = false;
  let later: NodeJS.Timeout | undefined;
  let isClosed = false;

  // As the option of net.createServer, which that of node:http does not take: nothing is read before `resume`.
  Object.assign(server, { pauseOnConnect: true });
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    if (isClosed) {
      socket.destroy();
      return;
    }
    waiting.add(socket);
    if (waiting.size === 1) goOn();
  });
  server.on('request', ({ socket }: IncomingMessage) => {
    if (unheard.has(socket)) asked += 1;
    if (asked >= MAX_UNHEARD) [room, asked] = [MAX_UNHEARD, 0];
    heard(socket);
  });

  return {
    close() {
      isClosed = true;
      clearTimeout(later);
      for (const socket of waiting) socket.destroy();
      waiting.clear();
    },
  };

  function goOn(): void {
    isSoon = false;
    clearTimeout(later);
    const nowMs = performance.now();
    const before = unheard.size;
    for (const [socket, untilMs] of unheard) {
      if (untilMs > nowMs) break;
      unheard.delete(socket);
    }
    const silent = before - unheard.size;
    if (silent > asked) room = Math.min(2 * room, MAX_SILENT);
    if (silent > 0) asked = 0;
    for (const socket of waiting) {
      if (unheard.size >= room) break;
      waiting.delete(socket);
      unheard.set(socket, nowMs + maxSilenceMs);
      listenTo(socket);
    }
    if (waiting.size > 0) later = setTimeout(goOn, maxSilenceMs);
  }

  function listenTo(socket: Socket): void {
    socket.once('close', forget);
    for (const listener of listeners) listener.call(server, socket);
    socket.resume();
  }

  function forget(this: Socket): void {
    heard(this);
  }

  /** The next one has its turn when others had theirs. */
  function heard(socket: Socket): void {
    if (!unheard.delete(socket) || waiting.size === 0 || isSoon) return;
    isSoon = true;
    setImmediate(goOn);
  }
}
