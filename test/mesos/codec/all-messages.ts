// Every message type of the schema.
import type { MessageType } from '../../../src/mesos/codec/descriptor.ts';
import * as agent from '../../../src/mesos/generated/agent.ts';
import * as agentProtocol from '../../../src/mesos/generated/agent_protocol.ts';
import * as allocator from '../../../src/mesos/generated/allocator.ts';
import * as duration from '../../../src/mesos/generated/duration.ts';
import * as executor from '../../../src/mesos/generated/executor.ts';
import * as maintenance from '../../../src/mesos/generated/maintenance.ts';
import * as master from '../../../src/mesos/generated/master.ts';
import * as quota from '../../../src/mesos/generated/quota.ts';
import * as registry from '../../../src/mesos/generated/registry.ts';
import * as scheduler from '../../../src/mesos/generated/scheduler.ts';
import * as v1 from '../../../src/mesos/generated/v1.ts';

const MODULES = [
  agent,
  agentProtocol,
  allocator,
  duration,
  executor,
  maintenance,
  master,
  quota,
  registry,
  scheduler,
  v1,
];

export const ALL_MESSAGES: readonly MessageType[] = MODULES.flatMap((module) => Object.values(module)).filter(
  (type): type is MessageType => type.kind === 'message',
);
