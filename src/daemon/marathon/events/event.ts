// What happens in Marathon, as /v2/events tells it (marathon.md 9.2). Values of the model; the JSON is made only when
// somebody listens.
import type { TaskStatus } from '../../../mesos/generated/v1.ts';
import type { App, HealthCheck } from '../model/app.ts';
import type { DeploymentPlan, DeploymentStep } from '../model/deployment.ts';
import type { Condition, Instance, InstanceId } from '../model/instance.ts';
import type { PathId } from '../model/path-id.ts';
import type { Timestamp } from '../model/time.ts';

/** `type` is the eventType on the wire. */
export type MarathonEvent =
  | { readonly type: 'api_post_event'; readonly clientIp: string; readonly uri: string; readonly app: App }
  /** `taskStatus`: Mesos state name. */
  | { readonly type: 'status_update_event'; readonly instance: Instance; readonly status: TaskStatus }
  | { readonly type: 'instance_changed_event'; readonly instance: Instance }
  | {
      readonly type: 'instance_health_changed_event';
      readonly instance: Instance;
      readonly healthy: boolean | undefined;
    }
  | {
      readonly type: 'unknown_instance_terminated_event';
      readonly instanceId: InstanceId;
      readonly appId: PathId;
      readonly condition: Condition;
    }
  | { readonly type: 'failed_health_check_event'; readonly instance: Instance; readonly healthCheck: HealthCheck }
  | { readonly type: 'health_status_changed_event'; readonly instance: Instance; readonly alive: boolean }
  | { readonly type: 'unhealthy_instance_kill_event'; readonly instance: Instance; readonly reason: string }
  | {
      readonly type: 'add_health_check_event';
      readonly appId: PathId;
      readonly version: Timestamp;
      readonly healthCheck: HealthCheck;
    }
  | { readonly type: 'remove_health_check_event'; readonly appId: PathId }
  | { readonly type: 'app_terminated_event'; readonly appId: PathId }
  | {
      readonly type: 'deployment_info' | 'deployment_step_success' | 'deployment_step_failure';
      readonly plan: DeploymentPlan;
      readonly currentStep: DeploymentStep;
    }
  | { readonly type: 'deployment_success'; readonly plan: DeploymentPlan }
  | { readonly type: 'deployment_failed'; readonly plan: DeploymentPlan; readonly reason?: string }
  | { readonly type: 'group_change_success'; readonly groupId: PathId; readonly version: Timestamp }
  | {
      readonly type: 'group_change_failed';
      readonly groupId: PathId;
      readonly version: Timestamp;
      readonly reason: string;
    }
  | {
      readonly type: 'scheduler_registered_event' | 'scheduler_reregistered_event';
      readonly frameworkId: string;
      readonly master: string;
    }
  | { readonly type: 'scheduler_disconnected_event' }
  | { readonly type: 'event_stream_attached' | 'event_stream_detached'; readonly remoteAddress: string };
