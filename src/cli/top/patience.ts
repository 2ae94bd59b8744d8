// What somebody types as a filter must not hold up the view for ever: nothing else happens while an expression is looked for, no key
// is heard, not even the one that quits.
import { setFlagsFromString } from 'node:v8';

/**
 * From now on V8 goes over to an engine whose time grows with the text only, once an expression such as `(a+)+$` has tried too
 * many ways. That engine knows neither the flag `i` nor references, looks around and large counts: those go on as before. A V8
 * without it keeps to what it has.
 */
export function losePatienceWithExpressions(): void {
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
}
