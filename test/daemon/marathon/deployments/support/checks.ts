// Checks for apps of tests; what they answer is set by hand.
import type { HealthCheck, ReadinessCheck } from '../../../../../src/daemon/marathon/model/app.ts';

export const HEALTH_CHECK: HealthCheck = {
  protocol: 'HTTP',
  path: '/',
  portIndex: 0,
  gracePeriodSeconds: 300,
  intervalSeconds: 60,
  timeoutSeconds: 20,
  maxConsecutiveFailures: 3,
  delaySeconds: 15,
};

export const READINESS_CHECK: ReadinessCheck = {
  name: 'ready',
  protocol: 'HTTP',
  path: '/',
  portName: 'http',
  intervalSeconds: 30,
  timeoutSeconds: 10,
  httpStatusCodesForReady: [200],
  preserveLastResponse: false,
};

export const strategy = (minimumHealthCapacity: number, maximumOverCapacity: number) => ({
  upgradeStrategy: { minimumHealthCapacity, maximumOverCapacity },
});
