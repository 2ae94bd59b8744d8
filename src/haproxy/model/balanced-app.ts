// What the model is made from: an app, or the colours of one deployment group as if they were one (haproxy.md 16.1).
import type { DiscoveredApp } from '../discovery/discovered.ts';
import type { AppLabels } from './labels/app-labels.ts';

/** An app, or a deployment group; sorted by id. */
export interface BalancedApp {
  /** The app's id, or `/<deployment group>`. */
  readonly id: string;
  /** Supplies labels, service ports and checks. */
  readonly lead: DiscoveredApp;
  readonly labels: AppLabels;
  /** Whose tasks serve; the lead among them. */
  readonly members: readonly Member[];
  readonly colours?: Colours;
}

/** One app behind it. */
export interface Member {
  readonly app: DiscoveredApp;
  readonly labels: AppLabels;
}

/** Figures of a deployment from one colour to the next (haproxy.md 16.3, 16.4). */
export interface Colours {
  /** Ids of the old colour's tasks, sorted: those first drain first. */
  readonly oldTasks: readonly string[];
  readonly newTasks: ReadonlySet<string>;
  readonly oldInstances: number;
  readonly target: number;
  /** By Marathon's verdict. */
  readonly healthyNew: number;
}

/** Whether the id is the balanced app's own or that of an app behind it. */
export function isMember(app: BalancedApp, appId: string): boolean {
  return app.id === appId || app.members.some((member) => member.app.id === appId);
}
