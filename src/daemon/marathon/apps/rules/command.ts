// Rules of what is run and what it is given (marathon.md 3.6, rules 1, 17–19, 34, 40; 3.3).
import type { App, Container } from '../../model/app.ts';
import type { Report } from '../input/report.ts';
import type { ValidationContext } from '../update.ts';

/** Rules 1, 34 and 40, and what a container may hold (3.3). */
export function commandRules(app: App, report: Report): void {
  const { cmd, args, container } = app;
  const isRunnable = cmd !== undefined || args.length > 0 || container?.docker !== undefined;
  if (!isRunnable || (cmd !== undefined && args.length > 0))
    report([], "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.");
  if (cmd !== undefined && cmd.length <= 1) report(['cmd'], 'must not be an empty string');
  for (const [i, { uri }] of app.fetch.entries())
    if (!isUri(uri)) report(['fetch', i, 'uri'], 'URI has invalid syntax.');
  if (container !== undefined) containerRules(container, (path, error) => report(['container', ...path], error));
  migrationRule(app.labels, report);
}

// Of RFC 3986 what matters here: no white space, nothing that must be escaped, whole escapes, a scheme that is one, and an
// authority where one is announced.
const URI =
  /^(?:[a-zA-Z][a-zA-Z0-9+.-]*:(?=.)(?!\/\/(?:$|[?#]))|(?![^/?#]*:))(?:[^\s"<>\\^`{|}%\p{Cc}]|%[0-9a-fA-F]{2})+$/u;

/** Whether a file to be fetched could be named so. */
export function isUri(text: string): boolean {
  return URI.test(text);
}

function containerRules({ type, docker, linuxInfo }: Container, report: Report): void {
  if (type === 'DOCKER') {
    if (docker === undefined) report(['docker'], 'not defined');
    if (docker?.pullConfig !== undefined) report(['docker', 'pullConfig'], 'must be empty');
    if (docker?.credential !== undefined) report(['docker', 'credential'], 'must be empty');
    if (linuxInfo !== undefined) report(['linuxInfo'], 'must be empty');
  }
  if (linuxInfo !== undefined) linuxRules(linuxInfo, (path, error) => report(['linuxInfo', ...path], error));
}

function linuxRules({ seccomp, ipcInfo }: NonNullable<Container['linuxInfo']>, report: Report): void {
  if (isObject(seccomp) && (seccomp.profileName !== undefined) === (seccomp.unconfined === true))
    report(['seccomp'], 'exactly one of profileName and unconfined must be given');
  if (isObject(ipcInfo) && ipcInfo.mode === 'SHARE_PARENT' && ipcInfo.shmSize !== undefined)
    report(['ipcInfo', 'shmSize'], 'must be empty');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Rules 17 to 19: the feature must be on, and names must be declared. */
export function secretRules(app: App, { features }: ValidationContext, report: Report): void {
  const { secrets, env, container } = app;
  const pull = container?.docker?.pullConfig;
  const isOn = features.has('secrets');
  const off = 'Feature secrets is not enabled. Enable with --enable_features secrets)';
  if (!isOn && Object.keys(secrets).length > 0) report(['secrets'], off);
  if (!isOn && pull !== undefined) report(['container', 'docker', 'pullConfig'], off);
  for (const [name, value] of Object.entries(env)) {
    if (typeof value === 'string') continue;
    if (!isOn)
      report(['env', name], 'use of secret-references in the environment requires the secrets feature to be enabled');
    if (!Object.hasOwn(secrets, value.secret)) report(['env', name, 'secret'], 'references an undefined secret');
  }
  if (pull !== undefined && !Object.hasOwn(secrets, pull.secret))
    report(['container', 'docker', 'pullConfig', 'secret'], 'references an undefined secret');
}

function migrationRule(labels: App['labels'], report: Report): void {
  const version = labels.DCOS_MIGRATION_API_VERSION ?? '';
  if (version === '') return;
  if (version !== 'v1') report(['labels', 'DCOS_MIGRATION_API_VERSION'], `got ${version}, expected v1`);
  if (!labels.DCOS_PACKAGE_FRAMEWORK_NAME || !labels.DCOS_MIGRATION_API_PATH)
    report(
      [],
      'DCOS_PACKAGE_FRAMEWORK_NAME and DCOS_MIGRATION_API_PATH must be defined when using DCOS_MIGRATION_API_VERSION',
    );
}
