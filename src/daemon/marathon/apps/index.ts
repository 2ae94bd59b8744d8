// Everything between the JSON of one app and the domain type `App`: reading, defaults, rules, showing, storing, comparing
// and selecting (marathon.md 3). In the flow of a request: parseAppUpdate → appFromUpdate or applyAppUpdate → validateApp →
// (groups/ puts it into the tree, gives service ports and versions) → renderApp.
export { appFromUpdate, applyAppUpdate } from './assemble.ts';
export { isConfigChange } from './config-change.ts';
export { parseAppUpdate, parseAppUpdates, requiredId, versionToReapply } from './input/parse.ts';
export { renderApp } from './render.ts';
export { validateApp } from './rules/validate.ts';
export { type AppFilter, type LabelSelector, matchesAppFilter, parseLabelSelector } from './selection.ts';
export { parseStoredApp, StoredAppError, storedApp } from './stored.ts';
export { type AppDefaults, type AppFields, type AppUpdate, appDefaults, type ValidationContext } from './update.ts';
