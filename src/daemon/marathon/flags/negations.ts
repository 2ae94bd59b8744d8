// The original's own ways to say no: `--disable_x`, MARATHON_DISABLE_X, and a boolean's variable that is set but empty for
// yes (marathon.md 21). They become what the parser of all daemons understands.
import type { FlagSources, FlagTable } from '../../serving/flags.ts';

const PREFIX = 'MARATHON_';

/** The same sources in the common form. */
export function withoutNegations(table: FlagTable, sources: FlagSources): FlagSources {
  const booleans = new Set(Object.values(table).flatMap(({ name, isBoolean }) => (isBoolean ? [name] : [])));
  const args = sources.args?.map((argument) => {
    const name = /^--disable[-_](.+)$/.exec(argument)?.[1]?.replaceAll('-', '_');
    return name !== undefined && booleans.has(name) ? `--no-${name}` : argument;
  });
  const env: Record<string, string | undefined> = {};
  for (const [variable, text] of Object.entries(sources.env ?? {})) {
    // Marathon gives these to its tasks, and may itself be a task of another.
    if (!variable.startsWith(PREFIX) || variable.startsWith(`${PREFIX}APP_`)) continue;
    const name = variable.slice(PREFIX.length).toLowerCase();
    const negated = name.startsWith('disable_') ? name.slice('disable_'.length) : undefined;
    if (negated !== undefined && booleans.has(negated)) env[`${PREFIX}${negated.toUpperCase()}`] = 'false';
    else env[variable] = text === '' && booleans.has(name) ? 'true' : text;
  }
  return { ...sources, ...(args && { args }), env };
}
