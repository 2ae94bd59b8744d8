// Custom executors of apps (marathon.md 15.2).
import type { App } from '../model/app.ts';

/** Path of the executor that the app brings; undefined when it runs a command. `otherwise`: of apps that name none. */
export function executorPath({ executor }: Pick<App, 'executor'>, otherwise: string): string | undefined {
  const effective = executor === '' ? otherwise : executor;
  return effective === '' || effective === '//cmd' ? undefined : effective;
}
