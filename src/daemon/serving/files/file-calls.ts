// LIST_FILES and READ_FILE of the operator APIs: the same for master and agent, whose Response messages differ only in type.
import type { FileInfo } from '../../../mesos/generated/v1.ts';
import type { HttpResponse } from '../../../world/net.ts';
import type { Host } from '../../../world/world.ts';
import type { AttachedFiles } from './attached-files.ts';
import { fileInfo } from './file-info.ts';
import { fileRefusal } from './file-refusal.ts';

/** A part of a response message, or the refusal to send instead. */
export type FileCallAnswer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused'; readonly response: HttpResponse };

/** `list_files` of the response: no member at all when the directory is empty or the path is a file. */
export async function listFiles(
  files: AttachedFiles,
  host: Host,
  path: string,
): Promise<FileCallAnswer<{ file_infos?: FileInfo[] }>> {
  const found = await files.browse(path);
  if (found.kind !== 'ok') return { kind: 'refused', response: fileRefusal(found) };
  const infos = found.value.map((entry) => fileInfo(entry, host));
  return { kind: 'ok', value: infos.length === 0 ? {} : { file_infos: infos } };
}

/** `read_file` of the response: the size of the whole file and the bytes of the part. */
export async function readFile(
  files: AttachedFiles,
  call: { readonly path: string; readonly offset: number; readonly length?: number },
): Promise<FileCallAnswer<{ size: number; data: string }>> {
  const slice = await files.read(call.path, call.offset, call.length);
  if (slice.kind !== 'ok') return { kind: 'refused', response: fileRefusal(slice) };
  const { size, data } = slice.value;
  return {
    kind: 'ok',
    value: { size, data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') },
  };
}
