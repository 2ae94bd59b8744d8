// Ids of apps as this program accepts them: Marathon's grammar, a little wider (haproxy.md 17.3).

const APP_ID = /^(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)+$/;
/** Longer ones make lines that HAProxy would not read. */
const LONGEST = 1000;

/** With the leading slash. */
export function isAppId(text: string): boolean {
  return text.length <= LONGEST && APP_ID.test(text);
}

/** Whether the app is, or lies below, one of these ids, segment by segment; `/` and `` hold for all. */
export function liesBelow(appId: string, prefixes: readonly string[]): boolean {
  return prefixes.some((given) => {
    const prefix = `/${given.replace(/^\/+|\/+$/g, '')}`;
    return prefix === '/' || appId === prefix || appId.startsWith(`${prefix}/`);
  });
}
