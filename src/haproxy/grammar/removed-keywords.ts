// Keywords that HAProxy 2.1 took away, and what is to be written instead (haproxy.md 4.4, 17.4, 23.22). Old templates and labels
// are full of them.

/** By keyword. */
const REMOVED: Readonly<Record<string, (words: readonly string[]) => string>> = {
  rspadd: (words) => `http-response set-header ${headerOf(words[1])}`,
  reqadd: (words) => `http-request set-header ${headerOf(words[1])}`,
  rspdel: () => 'http-response del-header <name>',
  rspidel: () => 'http-response del-header <name>',
  reqdel: () => 'http-request del-header <name>',
  reqidel: () => 'http-request del-header <name>',
  rsprep: () => 'http-response replace-header <name> <regex> <text>',
  rspirep: () => 'http-response replace-header <name> <regex> <text>',
  reqrep: () => 'http-request replace-path or replace-header',
  reqirep: () => 'http-request replace-path or replace-header',
  reqdeny: () => 'http-request deny if <condition>',
  reqideny: () => 'http-request deny if <condition>',
  rspdeny: () => 'http-response deny if <condition>',
  rspideny: () => 'http-response deny if <condition>',
  reqallow: () => 'http-request allow if <condition>',
  reqiallow: () => 'http-request allow if <condition>',
  reqpass: () => 'http-request allow if <condition>',
  reqipass: () => 'http-request allow if <condition>',
  reqtarpit: () => 'http-request tarpit if <condition>',
  reqitarpit: () => 'http-request tarpit if <condition>',
  block: () => 'http-request deny if <condition>',
  contimeout: () => 'timeout connect <time>',
  clitimeout: () => 'timeout client <time>',
  srvtimeout: () => 'timeout server <time>',
  redisp: () => 'option redispatch',
};

/** What does the same now, for a line's words; undefined when its first word is none of those. */
export function insteadOfRemoved(words: readonly string[]): string | undefined {
  const [first = ''] = words;
  return Object.hasOwn(REMOVED, first) ? REMOVED[first]?.(words) : undefined;
}

/** `X:\ y` as two words. */
function headerOf(text: string | undefined): string {
  const [name = '', ...value] = (text ?? '').split(':');
  return /^[\w-]+$/.test(name) && /^[\w ./-]+$/.test(value.join(':'))
    ? `${name} ${value.join(':').trim().replaceAll(' ', '\\ ')}`
    : '<name> <value>';
}
