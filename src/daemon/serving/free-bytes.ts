/**
 * Gives the memory of bytes back to the system at once, instead of when the collector finds them; their length is 0
 * afterwards. They must have their buffer for themselves, as those of Buffer.allocUnsafeSlow do.
 */
export function freeBytes({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
