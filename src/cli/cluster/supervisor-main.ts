// Program: the supervisor of one local cluster, detached from whoever started it. Argument: the cluster's directory.
import { basename, dirname, join } from 'node:path';
import { createRealWorld } from '../../world/real/index.ts';
import { problemFrom } from '../failures.ts';
import { PLAIN } from '../output/style.ts';
import { problemLines } from '../problem.ts';
import { clusterPaths } from './layout.ts';
import { runSupervisor } from './run-supervisor.ts';

const directory = process.argv[2] ?? '';
const paths = clusterPaths(dirname(directory), basename(directory));
process.title = `mctl-supervisor ${paths.name}`;
const world = createRealWorld({ log: { to: { path: join(paths.logs, 'supervisor.log') } } });
try {
  await runSupervisor(paths, world, (message) => world.log.info(message));
} catch (error) {
  const problem = problemFrom(error);
  process.stderr.write(`${problemLines(problem, PLAIN)}\n`);
  process.exitCode = problem.exitCode;
} finally {
  await world.close();
}
