// Configs hold password hashes; what people see of a config does not (haproxy.md 17.8).

const MASK = '********';

/** For diffs, logs and getconfig. Works line by line, so pieces of a config and diffs of two may be given. */
export function maskSecrets(text: string): string {
  return text
    .replace(/^([-+ \t]*user\s.*?\s(?:insecure-)?password\s+).*?((?:\s+groups\s.*)?)$/gm, `$1${MASK}$2`)
    .replace(/^([-+ \t]*stats\s+auth\s+[^:\s]*:).*$/gm, `$1${MASK}`)
    .replace(/((?:proxy-)?authorization["']?\s+)(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|(?:\\.|\S)+)/gi, `$1${MASK}`);
}
