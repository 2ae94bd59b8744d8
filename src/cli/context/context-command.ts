// What the `mctl context` commands have in common: the contexts file.
import { MctlCommand } from '../base-command.ts';
import { configFile } from '../directories.ts';
import { type ContextConfig, readContexts, writeContexts } from './config-file.ts';
import type { LocalCluster } from './resolve.ts';

/** Reads and writes the file of the user who runs it. */
export abstract class ContextCommand extends MctlCommand {
  protected readConfig(): ContextConfig {
    return readContexts(configFile(process.env));
  }

  protected writeConfig(config: ContextConfig): void {
    writeContexts(configFile(process.env), config);
  }

  protected async running(): Promise<LocalCluster[]> {
    const { runningClusters } = await import('./find.ts');
    return runningClusters(process.env, this.common['state-dir']);
  }
}
