// What a ZooKeeper says about itself on its client port, by its four-letter word `srvr`.
import { connect } from 'node:net';
import type { Endpoint } from '../plan.ts';

/** What it is in its ensemble, once it serves; undefined while it does not. */
export type ZooKeeperMode = 'leader' | 'follower' | 'standalone' | 'observer';

const MODES: readonly string[] = ['leader', 'follower', 'standalone', 'observer'];
const MOST_CHARACTERS = 64 * 1024;

/** Never rejects. */
export function askMode({ ip, port }: Endpoint, timeoutMs: number): Promise<ZooKeeperMode | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ host: ip, port }, () => socket.write('srvr'));
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text;
      if (answer.length > MOST_CHARACTERS) socket.destroy();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      const mode = /^Mode: (\w+)/m.exec(answer)?.[1] ?? '';
      resolve(isMode(mode) ? mode : undefined);
    });
  });
}

const isMode = (text: string): text is ZooKeeperMode => MODES.includes(text);
