import { expect, test } from 'vitest';
import {
  applyAppUpdate,
  isConfigChange,
  parseAppUpdate,
  parseStoredApp,
  renderApp,
  StoredAppError,
  storedApp,
} from '../../../../src/daemon/marathon/apps/index.ts';
import type { App } from '../../../../src/daemon/marathon/model/app.ts';
import { ROOT } from '../../../../src/daemon/marathon/model/path-id.ts';
import { timestamp } from '../../../../src/daemon/marathon/model/time.ts';
import fc from '../../../fast-check.ts';
import { appOf, DEFAULTS, RUNNABLE, VERSION } from './apps-of-json.ts';
import { arbitraryAppJson } from './arbitrary-app.ts';

const throughText = (value: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(value));

test('whatever an app is, reading what is shown of it gives the same app', () => {
  fc.assert(
    fc.property(arbitraryAppJson, (json) => {
      const app = appOf(json);
      expect(appOf(throughText(renderApp(app)), { role: 'another' })).toEqual(app);
    }),
  );
});

test('whatever an app is, what is stored of it is the app', () => {
  fc.assert(
    fc.property(arbitraryAppJson, fc.nat(), fc.boolean(), (json, ms, isPlaced) => {
      const versionInfo = { lastScalingAt: VERSION, lastConfigChangeAt: timestamp(ms) };
      const app: App = isPlaced ? { ...appOf(json), versionInfo } : appOf(json);
      expect(parseStoredApp(throughText(storedApp(app)))).toEqual(app);
    }),
  );
});

test('whatever an app is, to update it with itself changes nothing', () => {
  fc.assert(
    fc.property(arbitraryAppJson, fc.boolean(), (json, partial) => {
      const app = appOf(json);
      const { version, ...shown } = throughText(renderApp(app));
      const again = applyAppUpdate(app, parseAppUpdate(shown, { group: ROOT, id: app.id }), partial, DEFAULTS);
      expect(again).toEqual(app);
      expect(isConfigChange(app, again)).toBe(false);
    }),
  );
});

test('a stored app of a newer format is refused by name', () => {
  const newer = { ...storedApp(appOf(RUNNABLE)), format: 2 };
  expect(() => parseStoredApp(newer)).toThrow('The stored app /web is of format 2, this release reads 1.');
  expect(() => parseStoredApp(newer)).toThrow(StoredAppError);
});

test.each<readonly [what: string, change: Readonly<Record<string, unknown>>]>([
  ['wrong type', { cpus: 'many' }],
  ['no id', { id: undefined }],
  ['no version', { version: undefined }],
  ['no role', { role: undefined }],
  ['half a versionInfo', { versionInfo: { lastScalingAt: VERSION } }],
  ['a versionInfo of another type', { versionInfo: 'x' }],
])('a damaged record is told from an app: %s', (_what, change) => {
  expect(() => parseStoredApp(throughText({ ...storedApp(appOf(RUNNABLE)), ...change }))).toThrow(
    expect.objectContaining({ code: 'damaged' }),
  );
});

test('what is no record at all is refused', () => {
  expect(() => parseStoredApp(undefined)).toThrow(StoredAppError);
});
