// Compiles src/ to dist/ and writes the oclif manifest. Runs at `npm ci` (prepare), so it must work from a clean clone
// on a machine whose own Node is older than ours: node_modules/.bin, where the project's Node lives, is first on PATH.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const run = (name, ...args) => execFileSync(bin(name), args, { cwd: root, stdio: 'inherit' });

rmSync(join(root, 'dist'), { recursive: true, force: true });
run('tsc', '-p', 'tsconfig.build.json');
// Files that the compiler does not carry over: shell runners and schemas.
cpSync(join(root, 'src'), join(root, 'dist'), {
  recursive: true,
  filter: (path) => !/\.tsx?$/.test(path),
});
if (existsSync(join(root, 'dist', 'commands'))) run('oclif', 'manifest');
