// Refuses clocks, randomness and ambient process state outside src/world: what reaches round World cannot be simulated
// or replayed. Imports of files, sockets and processes are checked by the import rules (.dependency-cruiser.mjs).
import { globSync, readFileSync } from 'node:fs';

const CHECKED = [
  'mesos',
  'allocator',
  'client',
  'cluster',
  'daemon',
  'haproxy',
  'simulation',
  'tui',
  'web',
  'workload',
];
/** Where the rule does not hold: the embedded stores are themselves the border, the simulator's engine makes the turns. */
const EXEMPT = /^src\/(cluster\/(local|zookeeper)|simulation\/core\/engine\.ts)/;
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\(/, 'world.clock.nowMs()'],
  [/\bnew Date\(\)/, 'world.clock.nowMs()'],
  [/\bperformance\.now\(/, 'world.clock.monotonicMs()'],
  [/\bprocess\.hrtime\b/, 'world.clock.monotonicMs()'],
  [/(?<![.\w])set(Timeout|Interval|Immediate)\(/, 'world.clock'],
  [/\bMath\.random\(/, 'world.random'],
  [/\bcrypto\.(randomUUID|getRandomValues|randomBytes)\(/, 'world.random'],
  [/(?<!\.)\bprocess\.(env|pid|exit|on|kill|cwd)\b/, 'World or an option'],
  [/(?<![.#\w])(?<!async )fetch\(/, 'world.net'],
];

let found = 0;
for (const folder of CHECKED) {
  for (const file of globSync(`src/${folder}/**/*.{ts,tsx}`).sort()) {
    if (EXEMPT.test(file)) continue;
    const text = readFileSync(file, 'utf8');
    const lines = text.split('\n');
    // A function of that name of our own is not the global one.
    const ownFetch = /\bfunction fetch\b|import \{[^}]*\bfetch\b/.test(text);
    let inBlockComment = false;
    for (const [index, raw] of lines.entries()) {
      if (raw.includes('/*')) inBlockComment = true;
      const line = inBlockComment ? '' : raw.replace(/\/\/.*$/, '');
      if (raw.includes('*/')) inBlockComment = false;
      for (const [pattern, instead] of FORBIDDEN) {
        if (!pattern.test(line) || (ownFetch && instead === 'world.net')) continue;
        found += 1;
        process.stderr.write(`${file}:${index + 1}: ${raw.trim()}  (use ${instead})\n`);
      }
    }
  }
}
if (found > 0) {
  process.stderr.write(`${found} places reach round World\n`);
  process.exitCode = 1;
}
