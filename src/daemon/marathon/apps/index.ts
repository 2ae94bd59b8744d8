// Everything between the JSON of one app and the domain type `App`: reading, defaults, rules, showing, storing, comparing
// and selecting (marathon.md 3). In the flow of a request: parseAppUpdate → appFromUpdate or applyAppUpdate → (groups/
// puts it into the tree, gives service ports and versions) → validateApp → renderApp.
import type { App } from '../model/app.ts';
import type { JsonValue } from '../model/json.ts';
import type { PathId } from '../model/path-id.ts';
import type { Timestamp } from '../model/time.ts';
import type { Violation } from '../refusals.ts';
import type { AppDefaults, AppUpdate, ValidationContext } from './update.ts';

export { type AppDefaults, type AppFields, type AppUpdate, appDefaults, type ValidationContext } from './update.ts';

export declare function parseAppUpdate(
  json: unknown,
  base: { readonly group: PathId; readonly id?: PathId },
  prefix?: string,
): AppUpdate;
export declare function parseAppUpdates(
  list: unknown,
  base: { readonly group: PathId },
  prefix?: string,
): readonly AppUpdate[];
export declare function requiredId(update: AppUpdate): PathId;
export declare function versionToReapply(update: AppUpdate): Timestamp | undefined;
export declare function appFromUpdate(update: AppUpdate, id: PathId, defaults: AppDefaults, version: Timestamp): App;
export declare function applyAppUpdate(existing: App, update: AppUpdate, partial: boolean, defaults: AppDefaults): App;
export declare function validateApp(app: App, context: ValidationContext, prefix?: string): readonly Violation[];
export declare function renderApp(app: App): { readonly [name: string]: JsonValue | undefined };
export declare function storedApp(app: App): { readonly [name: string]: JsonValue | undefined };
export declare function parseStoredApp(json: unknown): App;
export declare function isConfigChange(before: App, after: App): boolean;
export declare function parseLabelSelector(text: string): (labels: Readonly<Record<string, string>>) => boolean;
export declare function matchesAppFilter(
  app: App,
  filter: { readonly cmd?: string; readonly id?: string; readonly label?: (labels: App['labels']) => boolean },
): boolean;
