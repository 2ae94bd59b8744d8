// What a task runs (marathon.md 15.2): command, files to fetch, user.
import type { CommandInfo, CommandInfo_URI, Environment_Variable } from '../../../../mesos/generated/v1.ts';
import type { App, FetchUri } from '../../model/app.ts';

/** Of a command task. */
export function commandOf(app: App, variables: readonly Environment_Variable[]): CommandInfo {
  return { ...whatToRun(app), ...around(app, variables) };
}

/** Of an executor the app brings: made executable, then started with the app's command behind it. */
export function executorCommandOf(app: App, path: string, variables: readonly Environment_Variable[]): CommandInfo {
  const quoted = `'${path.replaceAll("'", "'\\''")}'`;
  const rest = app.cmd ?? app.args.join(' ');
  return {
    shell: true,
    value: `chmod ug+rx ${quoted} && exec ${quoted}${rest === '' ? '' : ` ${rest}`}`,
    ...around(app, variables),
  };
}

function whatToRun({ cmd, args, container }: App): CommandInfo {
  if (cmd !== undefined) return { shell: true, value: cmd };
  const [program] = args;
  // Neither: what the image says.
  if (program === undefined) return { shell: false };
  return { shell: false, ...(container === undefined && { value: program }), arguments: [...args] };
}

function around(app: App, variables: readonly Environment_Variable[]): CommandInfo {
  return {
    environment: { variables: [...variables] },
    ...(app.fetch.length > 0 && { uris: app.fetch.map(uriOf) }),
    ...(app.user !== undefined && { user: app.user }),
  };
}

function uriOf({ uri, extract, executable, cache, destPath }: FetchUri): CommandInfo_URI {
  return { value: uri, extract, executable, cache, ...(destPath !== undefined && { output_file: destPath }) };
}
