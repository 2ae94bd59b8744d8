// An app in the durable state: as the API shows it, with the version of the format. Read through the same parser as
// requests, so that a damaged record is found out; nothing is lost on the way, also not what no request may set.
import type { App, VersionInfo } from '../model/app.ts';
import type { JsonObject } from '../model/json.ts';
import { ROOT } from '../model/path-id.ts';
import { parseTimestamp, type Timestamp } from '../model/time.ts';
import { appFromUpdate } from './assemble.ts';
import { parseAppUpdate } from './input/parse.ts';
import { renderApp } from './render.ts';

const FORMAT = 1;

/** JSON that `parseStoredApp` makes the same app of. */
export function storedApp(app: App): JsonObject {
  return { format: FORMAT, ...renderApp(app) };
}

/** Throws StoredAppError when it is no app or of a format that this release does not know. */
export function parseStoredApp(json: unknown): App {
  const record: Readonly<Record<string, unknown>> = typeof json === 'object' && json !== null ? { ...json } : {};
  const { format, id } = record;
  if (format !== FORMAT)
    throw new StoredAppError(
      `The stored app ${String(id)} is of format ${String(format)}, this release reads ${FORMAT}.`,
      'unknown-format',
    );
  try {
    const update = parseAppUpdate(json, { group: ROOT });
    const { role, networks } = update.fields;
    if (update.id === undefined || update.version === undefined || role === undefined || networks === undefined)
      throw new TypeError('id, version, role and networks must be there');
    const app = appFromUpdate(update, update.id, { role }, update.version);
    const versionInfo = versionInfoOf(record.versionInfo);
    return versionInfo === undefined ? app : { ...app, versionInfo };
  } catch (cause) {
    throw new StoredAppError(`The stored app ${String(id)} cannot be read.`, 'damaged', { cause });
  }
}

function versionInfoOf(json: unknown): VersionInfo | undefined {
  if (json === undefined) return undefined;
  if (typeof json !== 'object' || json === null) throw new TypeError('versionInfo must be an object');
  const of = (name: keyof VersionInfo): Timestamp => {
    const text: unknown = Reflect.get(json, name);
    const time = typeof text === 'string' ? parseTimestamp(text) : undefined;
    if (time === undefined) throw new TypeError(`versionInfo.${name} must be a time`);
    return time;
  };
  return { lastScalingAt: of('lastScalingAt'), lastConfigChangeAt: of('lastConfigChangeAt') };
}

/** A record of the store that is not one of ours, or of a later release. */
export class StoredAppError extends Error {
  override readonly name = 'StoredAppError';
  readonly code: 'unknown-format' | 'damaged';
  constructor(message: string, code: 'unknown-format' | 'damaged', options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
