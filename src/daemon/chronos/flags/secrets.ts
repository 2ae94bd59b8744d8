// What is secret among the flags: given as the path of a file, or in the environment, never as text on a command line that every user
// of the machine can read.
import { FlagError } from '../../serving/flags.ts';

/** Names of flags whose text may not be on the command line. */
const SECRETS: readonly string[] = ['mail_password', 'http_notification_credentials', 'zk_auth'];

/** Whether the text of a secret flag names a file. */
export function isFile(text: string): boolean {
  return text.startsWith('/') || text.startsWith('file://');
}

/** Throws FlagError for a secret itself on the command line. The message does not repeat it. */
export function refuseOpenSecrets(args: readonly string[]): void {
  for (const [i, argument] of args.entries()) {
    const equals = argument.indexOf('=');
    const name = argument.slice(2, equals < 0 ? undefined : equals).replaceAll('-', '_');
    if (!SECRETS.includes(name)) continue;
    const text = equals < 0 ? args[i + 1] : argument.slice(equals + 1);
    if (text === undefined || isFile(text)) continue;
    const why = `everybody on this machine can read it there: give the path of a file, or set CHRONOS_${name.toUpperCase()}`;
    throw new FlagError('invalid-value', name, `--${name} is a secret and not for the command line: ${why}`);
  }
}
