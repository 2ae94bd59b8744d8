// Name, id and cookie of a server. All come from its address alone, so that every balancer gives the same ones and a state
// file never speaks of another server (haproxy.md 5.6, 5.8, 5.9, 12.9).
import { hash } from 'node:crypto';

/** A port and its `_` make 200 of it (haproxy.md 17.11). */
const LONGEST_STEM = 194;
const MODULUS = 32_767;

/** `<host>_<ip>_<port>`, or `<ip>_<port>` when the host is the address. A long host is cut, address and port never. */
export function serverName(host: string, address: string, port: number): string {
  return `${serverNameStem(host, address)}_${port}`;
}

/** The name without its port, for those who name many servers of a host. */
export function serverNameStem(host: string, address: string): string {
  const tail = clean(address);
  if (host === address) return tail;
  const stem = `${clean(host)}_${tail}`;
  if (stem.length <= LONGEST_STEM) return stem;
  const mark = hash('sha1', host, 'hex').slice(0, 6);
  return `${clean(host).slice(0, LONGEST_STEM - tail.length - mark.length - 2)}_${mark}_${tail}`;
}

/** The server's id, free of those `taken` in the backend, to which it is added. */
export function takeServerId(name: string, taken: Set<number>): number {
  let text = name;
  for (;;) {
    const id = remainder(hash('sha256', text, 'binary'));
    if (id !== 0 && !taken.has(id)) {
      taken.add(id);
      return id;
    }
    text = `${text} ${hash('sha256', text, 'hex')}`;
  }
}

/** The value of the sticky cookie that leads to the server (haproxy.md 5.9). */
export function serverCookie(name: string): string {
  return hash('sha1', name, 'hex').slice(0, 10);
}

/** More servers than ids are a backend that cannot be. */
export const MOST_SERVERS = 20_000;

/** A big-endian number of bytes, one a character, mod 32767. */
function remainder(bytes: string): number {
  let rest = 0;
  for (let index = 0; index < bytes.length; index += 1) rest = (rest * 256 + bytes.charCodeAt(index)) % MODULUS;
  return rest;
}

function clean(text: string): string {
  return text.replace(/[^A-Za-z0-9-]/g, '_');
}
