// /files/download: a whole file. Small ones are sent with their length; larger ones piece by piece, no faster than the
// peer reads, so that a download never fills the daemon's memory.
import type { HttpResponse, StreamWriter } from '../../../world/net.ts';
import type { World } from '../../../world/world.ts';
import { notFound, okWith } from '../http/responses.ts';
import type { AttachedFiles } from './attached-files.ts';
import { fileRefusal } from './file-refusal.ts';
import { contentTypeOf } from './mime.ts';

const MAX_WHOLE_BYTES = 4 * 1024 * 1024;
const PIECE_BYTES = 256 * 1024;
/** More is not read while this much waits for the peer. */
const MAX_UNREAD_BYTES = 1024 * 1024;
const READ_AGAIN_MS = 10;
/** A peer that takes nothing for so long is cut off. */
const MAX_STALL_MS = 60_000;

/**
 * 404 for what is not there, 400 for a directory. A download that fails under way is broken off, so that the peer sees
 * it is incomplete.
 */
export async function download(world: World, files: AttachedFiles, path: string): Promise<HttpResponse> {
  const found = await files.file(path, 'Cannot download a directory');
  if (found.kind === 'missing') return notFound();
  if (found.kind !== 'ok') return fileRefusal(found);
  const { realPath, size } = found.value;
  const name = realPath.slice(realPath.lastIndexOf('/') + 1);
  const headers = { 'content-disposition': `attachment; filename=${headerSafe(name)}` };
  const contentType = contentTypeOf(name);
  if (size <= MAX_WHOLE_BYTES) return okWith(contentType, await world.disk.readRange(realPath, 0, size), headers);
  const start = (writer: StreamWriter) => {
    copy(world, realPath, size, writer).catch((error: unknown) => {
      world.log.warn('a download broke off', { path, error });
      writer.abort();
    });
  };
  return { status: 200, headers: { ...headers, 'content-type': contentType }, body: { start } };
}

async function copy(world: World, realPath: string, size: number, writer: StreamWriter): Promise<void> {
  let offset = 0;
  while (offset < size && writer.isOpen) {
    await untilRead(world, writer);
    const piece = await world.disk.readRange(realPath, offset, Math.min(PIECE_BYTES, size - offset));
    if (piece.length === 0) break;
    writer.write(piece);
    offset += piece.length;
  }
  writer.end();
}

/** Waits until the peer has taken most of what was written. */
async function untilRead(world: World, writer: StreamWriter): Promise<void> {
  let unread = writer.bufferedBytes;
  let progressMs = world.clock.monotonicMs();
  while (writer.isOpen && unread > MAX_UNREAD_BYTES) {
    await world.clock.sleep(READ_AGAIN_MS);
    const nowMs = world.clock.monotonicMs();
    if (writer.bufferedBytes < unread) progressMs = nowMs;
    else if (nowMs - progressMs > MAX_STALL_MS) throw new Error(`the peer took nothing for ${MAX_STALL_MS} ms`);
    unread = writer.bufferedBytes;
  }
}

/** File names may hold anything; header values may not. */
function headerSafe(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '_');
}
