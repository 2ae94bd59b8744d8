// One command on one connection to one of HAProxy's sockets. Commands are made of checked words only (command-text.ts).
import { type Net, NetError } from '../../world/net.ts';
import { RuntimeError, type RuntimeErrorCode } from './runtime-error.ts';

/** HAProxy answers at once or is stuck; a state of 50,000 servers takes some hundred ms. */
const TIMEOUT_MS = 10_000;
/** 250 bytes a server: some 250,000 servers. */
const MAX_ANSWER_BYTES = 64 * 2 ** 20;
/** HAProxy's tune.bufsize; longer lines are cut off there (haproxy.md 11.2). */
const MAX_COMMAND_LENGTH = 16_000;

/**
 * Sends one line and gives the answer without the blank lines at its ends. Throws RuntimeError.
 * @param mode command of ours to go before it on the same connection, with its `;`
 */
export async function ask(net: Net, socket: string, command: string, mode = ''): Promise<string> {
  if (/[;\n\r\\]/.test(command) || command.length > MAX_COMMAND_LENGTH) {
    throw new RuntimeError(
      'refused',
      `not sent to ${socket}, since it would be read as something else: ${command.slice(0, 200)}`,
    );
  }
  try {
    const answer = await net.exchange(socket, `${mode}${command}\n`, {
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_ANSWER_BYTES,
    });
    return (mode === '' ? answer : answer.replace(/^\n+/, '')).replace(/\n+$/, '');
  } catch (cause) {
    if (!(cause instanceof NetError)) throw cause;
    throw new RuntimeError(runtimeCode(cause), `HAProxy cannot be asked "${command}": ${cause.message}`, { cause });
  }
}

function runtimeCode({ code }: NetError): RuntimeErrorCode {
  if (code === 'refused') return 'not-running';
  if (code === 'forbidden') return 'not-allowed';
  return 'no-answer';
}
