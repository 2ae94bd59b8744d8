// Everything that can be said about a balancer, by name: a flag, a member of the config file and an environment variable
// each (haproxy.md 18). The names are marathon-lb's where it has the same thing. Which command takes which stands here.
import { APPLYING } from './table/applying.ts';
import { CONFIG } from './table/config.ts';
import { RUNNING, WATCHING } from './table/running.ts';
import { SERVICES } from './table/services.ts';
import { SOURCE } from './table/source.ts';

export type { Setting } from './table/setting.ts';

/** For everything that looks at Marathon and renders. */
export const RENDERING = {
  ...SOURCE,
  ...SERVICES,
  ...CONFIG,
  'haproxy-config': APPLYING['haproxy-config'],
  'runtime-socket': APPLYING['runtime-socket'],
  'state-dir': APPLYING['state-dir'],
};
/** For putting back what was in force: nothing is rendered or weighed, and it is validated in any case. */
export const RESTORING = {
  'haproxy-config': APPLYING['haproxy-config'],
  'haproxy-bin': APPLYING['haproxy-bin'],
  'check-user': APPLYING['check-user'],
  'reload-cmd': APPLYING['reload-cmd'],
  'systemd-unit': APPLYING['systemd-unit'],
  'master-socket': APPLYING['master-socket'],
  'start-pidfile': APPLYING['start-pidfile'],
  pidfile: APPLYING.pidfile,
  'runtime-socket': APPLYING['runtime-socket'],
  'min-reload-interval': APPLYING['min-reload-interval'],
  'archive-versions': APPLYING['archive-versions'],
  'state-dir': APPLYING['state-dir'],
  'lock-wait': APPLYING['lock-wait'],
};
/** For looking at versions: they lie beside the config. */
export const KEPT = { 'haproxy-config': APPLYING['haproxy-config'] };
/** For looking at what runs left, and at what they wrote. */
export const LOOKING = {
  'haproxy-config': APPLYING['haproxy-config'],
  'runtime-socket': APPLYING['runtime-socket'],
  'master-socket': APPLYING['master-socket'],
  'state-dir': APPLYING['state-dir'],
};
export const SYNCING = { ...SOURCE, ...SERVICES, ...CONFIG, ...APPLYING, ...RUNNING };
/** All of them. */
export const SETTINGS = { ...SOURCE, ...SERVICES, ...CONFIG, ...APPLYING, ...RUNNING, ...WATCHING };

/** For `watch`: it does not begin at the full minute as all of cron's do, so nothing is to be spread. */
export const KEEPING = {
  ...SOURCE,
  ...SERVICES,
  ...CONFIG,
  ...APPLYING,
  'metrics-file': RUNNING['metrics-file'],
  syslog: RUNNING.syslog,
  ...WATCHING,
};

export type SettingName = keyof typeof SETTINGS;
