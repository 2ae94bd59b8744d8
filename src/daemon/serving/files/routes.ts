// /files/browse, /files/read, /files/download and /files/debug (mesos-api.md 10). Texts end with a line feed, as the original's do.
import type { HttpResponse } from '../../../world/net.ts';
import type { World } from '../../../world/world.ts';
import { json, jsonText } from '../http/json-response.ts';
import { badRequest } from '../http/responses.ts';
import type { Route, RoutedRequest } from '../http/router.ts';
import type { AttachedFiles, FileSlice } from './attached-files.ts';
import { download } from './download.ts';
import { browseRow } from './file-info.ts';
import { fileRefusal } from './file-refusal.ts';

const NO_PATH = "Expecting 'path=value' in query.\n";

/** Not guarded: logs and sandboxes are readable on masters that do not lead too. */
export function fileRoutes(world: World, files: AttachedFiles): readonly Route[] {
  return [
    { path: '/files/browse', handle: (request) => browse(world, files, request) },
    { path: '/files/read', handle: (request) => read(files, request) },
    {
      path: '/files/download',
      handle: (request) => {
        const path = request.query.get('path');
        return path === undefined ? badRequest(NO_PATH) : download(world, files, path);
      },
    },
    { path: '/files/debug', handle: (request) => json(request, Object.fromEntries(files.attachments)) },
  ];
}

async function browse(world: World, files: AttachedFiles, request: RoutedRequest): Promise<HttpResponse> {
  const path = request.query.get('path');
  if (path === undefined) return badRequest(NO_PATH);
  const found = await files.browse(path);
  if (found.kind !== 'ok') return fileRefusal(found);
  return json(
    request,
    found.value.map((entry) => browseRow(entry, world.host)),
  );
}

async function read(files: AttachedFiles, request: RoutedRequest): Promise<HttpResponse> {
  const path = request.query.get('path');
  if (path === undefined) return badRequest(NO_PATH);
  const offset = number(request, 'offset');
  if (typeof offset === 'string') return badRequest(offset);
  const length = number(request, 'length');
  if (typeof length === 'string') return badRequest(length);
  const slice = await files.read(path, offset ?? -1, length === -1 ? undefined : length);
  return slice.kind === 'ok' ? jsonText(request, sliceJson(slice.value)) : fileRefusal(slice);
}

/** The number, undefined when it is not in the query, or what is wrong with it. -1 is allowed for both. */
function number(request: RoutedRequest, name: 'offset' | 'length'): number | string | undefined {
  const text = request.query.get(name);
  if (text === undefined) return undefined;
  if (!/^[+-]?\d+$/.test(text)) return `Failed to parse ${name}: Failed to convert '${text}' to number.\n`;
  const value = Number(text);
  return value < -1 ? `Negative ${name} provided: ${value}.\n` : value;
}

/**
 * `{"data":…,"offset":…}` with the bytes of the file as they are: a slice may begin or end inside a character, and a
 * client that puts slices together must get every byte of it.
 */
function sliceJson(slice: FileSlice): Uint8Array {
  const bytes = Buffer.from(slice.data.buffer, slice.data.byteOffset, slice.data.byteLength);
  return Buffer.from(`{"data":${JSON.stringify(bytes.toString('latin1'))},"offset":${slice.offset}}`, 'latin1');
}
