// Asks a server that hung up whether it is a ZooKeeper without quorum. Only the answer to `srvr` tells the two apart.
import { connect } from 'node:net';
import type { Clock } from '../../../world/world.ts';
import type { ZooKeeperServer } from '../address.ts';

const PATIENCE_MS = 1_000;
const MAX_ANSWER_BYTES = 4_096;

/** Whether it says of itself that it is a ZooKeeper which does not serve now. Never rejects. */
export function doesNotServe(clock: Pick<Clock, 'setTimer'>, server: ZooKeeperServer): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(server);
    const timer = clock.setTimer(PATIENCE_MS, () => socket.destroy());
    socket.on('connect', () => socket.write('srvr'));
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      if (answer.length > MAX_ANSWER_BYTES) socket.destroy();
    });
    // Whatever it is, `close` follows, and an answer that is not there says no.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      timer.cancel();
      resolve(answer.includes('not currently serving requests'));
    });
  });
}
