// How ZooKeepers greet each other on their election ports: who calls says where it can be called back, and of two servers
// the one with the higher number always calls back. It calls the address it was told, not the one in its own
// configuration, so on a way that can be cut that address must be the one of the way back.
import type { Socket } from 'node:net';
import type { Endpoint } from '../plan.ts';

/** ZooKeeper 3.5 and newer; older ones begin with their number and tell no address. */
const VERSIONS: readonly bigint[] = [-65_536n, -65_535n];
/** Version and number of the caller, then the length of its address. */
const HEAD_BYTES = 20;
const MAX_ADDRESS_BYTES = 512;

/** Reads the greeting, puts `callback` into it and calls `ready`: then all that came is on the socket again, to be read. */
export function redirectCallback(socket: Socket, callback: Endpoint, ready: () => void): void {
  let heard = Buffer.alloc(0);
  const gone = (): void => void socket.destroy();
  const read = (chunk: Buffer): void => {
    heard = Buffer.concat([heard, chunk]);
    const changed = withCallback(heard, callback);
    if (changed === undefined) return;
    socket.off('data', read).off('error', gone).off('end', gone);
    socket.pause();
    socket.unshift(changed);
    ready();
  };
  socket.on('data', read).on('error', gone).on('end', gone);
  socket.resume();
}

/** What was heard, with another address in its greeting; undefined while the greeting is not whole. */
export function withCallback(heard: Buffer, callback: Endpoint): Buffer | undefined {
  if (heard.length < 8) return undefined;
  if (!VERSIONS.includes(heard.readBigInt64BE(0))) return heard;
  if (heard.length < HEAD_BYTES) return undefined;
  const length = heard.readInt32BE(HEAD_BYTES - 4);
  if (length < 0 || length > MAX_ADDRESS_BYTES) return heard;
  if (heard.length < HEAD_BYTES + length) return undefined;
  const address = Buffer.from(`${callback.ip}:${callback.port}`);
  const head = Buffer.from(heard.subarray(0, HEAD_BYTES));
  head.writeInt32BE(address.length, HEAD_BYTES - 4);
  return Buffer.concat([head, address, heard.subarray(HEAD_BYTES + length)]);
}
