// What was given, as a turn takes it that applies.
import { type ApplySettings, DEFAULT_SETTINGS, type ReloadMethod } from '../../../haproxy/apply/settings.ts';
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';
import type { Given } from './given.ts';
import type { BalancerSettings } from './settings.ts';

const METHODS = ['reload-cmd', 'systemd-unit', 'pidfile', 'start-pidfile'] as const;
/** What Debian's package calls it. */
const DEFAULT_UNIT = 'haproxy.service';

/** `force` and `whenTooEarly` are the command's to say. Throws Problem `usage`. */
export function applySettings(
  given: Given,
  { options, stateDirectory }: BalancerSettings,
  command: Pick<ApplySettings, 'force' | 'whenTooEarly'>,
): ApplySettings {
  const masterSocket = given.word('master-socket');
  const checkUser = given.word('check-user');
  return {
    ...DEFAULT_SETTINGS,
    ...command,
    configPath: options.configPath,
    stateDirectory,
    reload: reloadOf(given, masterSocket),
    haproxy: given.word('haproxy-bin') ?? DEFAULT_SETTINGS.haproxy,
    runtimeSocket: options.runtimeSocket,
    changesAtRuntime: given.isOn('runtime', DEFAULT_SETTINGS.changesAtRuntime),
    ...(masterSocket !== undefined && { masterSocket }),
    minReloadIntervalMs: given.durationMs('min-reload-interval') ?? DEFAULT_SETTINGS.minReloadIntervalMs,
    maxRemoval: shareOf(given) ?? DEFAULT_SETTINGS.maxRemoval,
    skipsValidation: given.isOn('skip-validation'),
    ...(checkUser !== undefined && { checkUser }),
    keepVersions: given.integer('archive-versions', 0, 1000) ?? DEFAULT_SETTINGS.keepVersions,
    lockWaitMs: given.durationMs('lock-wait') ?? DEFAULT_SETTINGS.lockWaitMs,
  };
}

function reloadOf(given: Given, masterSocket: string | undefined): ReloadMethod {
  const [method, second] = METHODS.filter((name) => given.has(name));
  if (method !== undefined && second !== undefined) {
    throw new Problem(EXIT.usage, {
      what: `${given.sourceOf(method)} and ${given.sourceOf(second)} were both given.`,
      why: 'HAProxy is reloaded in one way.',
    });
  }
  const value = method === undefined ? undefined : given.word(method);
  if (value === undefined) {
    if (masterSocket !== undefined) return { kind: 'master', socket: masterSocket };
    return { kind: 'systemd', unit: DEFAULT_UNIT };
  }
  switch (method) {
    case 'reload-cmd':
      return { kind: 'command', command: value };
    case 'pidfile':
      return { kind: 'pidfile', path: value };
    case 'start-pidfile':
      return { kind: 'start', pidfile: value };
    default:
      return { kind: 'systemd', unit: value };
  }
}

function shareOf(given: Given): number | undefined {
  const text = given.text('max-removal');
  if (text === undefined) return undefined;
  const percent = Number(/^(\d{1,3}(?:\.\d+)?)\s*%?$/.exec(text)?.[1]);
  if (!(percent >= 0 && percent <= 100)) throw given.wrong('max-removal', 'It is a percentage from 0 to 100.');
  return percent / 100;
}
