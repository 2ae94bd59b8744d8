// UUIDs in messages are 16 bytes, in memory base64.

/** The 16 bytes of a textual UUID as base64. */
export function uuidBase64(uuid: string): string {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64');
}
