// What the `mctl cluster` commands have in common.
import { Flags } from '@oclif/core';
import { MctlCommand } from '../base-command.ts';
import { clustersDirectory } from '../directories.ts';
import { type ClusterPaths, clusterPaths } from './layout.ts';

/** Of `mctl cluster` commands that mean one cluster. */
export const clusterNameFlag = Flags.string({ summary: 'Name of the cluster.', default: 'local', helpValue: '<name>' });

/** Knows where the local clusters' files are. */
export abstract class ClusterCommand extends MctlCommand {
  protected get clustersDirectory(): string {
    return clustersDirectory(process.env, this.common['state-dir']);
  }

  protected paths(name: string): ClusterPaths {
    return clusterPaths(this.clustersDirectory, name);
  }
}
