// A TaskLoad in a process of its own, so that a framework can be killed for real. Tells its parent how far it is.
import { createRealWorld } from '../../src/world/real/index.ts';
import { TaskLoad, type TaskLoadOptions } from './task-load.ts';

/** What the parent is told, again and again. */
export interface TaskLoadProgress {
  readonly running: number;
  readonly frameworkId: string | undefined;
}

const options: Omit<TaskLoadOptions, 'world'> = JSON.parse(process.argv[2] ?? '');
const load = new TaskLoad({ ...options, world: createRealWorld() });
load.start();
setInterval(() => {
  const progress: TaskLoadProgress = { running: load.running.size, frameworkId: load.frameworkId };
  process.send?.(progress);
}, 50);
