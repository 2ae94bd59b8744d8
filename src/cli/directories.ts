// Where the command line keeps things, by the XDG base directory rules.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** Contexts. */
export function configFile(env: Env): string {
  return env.MCTL_CONFIG ?? join(xdg(env, 'XDG_CONFIG_HOME', '.config'), 'mctl', 'config.json');
}

/** Directory of the local clusters, one below it for each name. `given` is --state-dir. */
export function clustersDirectory(env: Env, given: string | undefined): string {
  const chosen = given ?? env.MCTL_STATE_DIR;
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  return join(xdg(env, 'XDG_STATE_HOME', '.local/state'), 'mctl', 'clusters');
}

function xdg(env: Env, variable: string, fallback: string): string {
  const value = env[variable];
  // The XDG rules ignore relative paths.
  return value?.startsWith('/') ? value : join(env.HOME ?? homedir(), fallback);
}
