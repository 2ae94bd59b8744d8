// What the `mctl cluster` commands have in common.
import { Flags } from '@oclif/core';
import { MctlCommand } from '../base-command.ts';
import { clustersDirectory } from '../directories.ts';
import { type ClusterPaths, chosenName, clusterPaths } from './layout.ts';

/** Of `mctl cluster` commands that mean one cluster. */
export const clusterNameFlag = Flags.string({
  summary: "Name of the cluster; default: a local one that --context or MCTL_CONTEXT names, else 'local'.",
  helpValue: '<name>',
});

/** Knows where the local clusters' files are. */
export abstract class ClusterCommand extends MctlCommand {
  protected get clustersDirectory(): string {
    return clustersDirectory(process.env, this.common['state-dir']);
  }

  /** Of the cluster that is meant. */
  protected paths(nameFlag: string | undefined): ClusterPaths {
    const choice = { nameFlag, contextFlag: this.common.context, env: process.env };
    return clusterPaths(this.clustersDirectory, chosenName(choice, this.clustersDirectory));
  }
}
