// Flags about resources that lie idle and may be used as long as they do (mesos-semantics.md 14).
import * as kind from '../../serving/flag-kinds.ts';
import { FIXED_ESTIMATOR, LOAD_CONTROLLER, parseModules } from '../oversubscription/modules.ts';
import { inlineOrFile } from './inline-or-file.ts';

/** A part of AGENT_FLAGS. */
export const OVERSUBSCRIPTION_FLAGS = {
  resourceEstimator: kind.choice('resource_estimator', [FIXED_ESTIMATOR], {
    help: `What may be oversubscribed: ${FIXED_ESTIMATOR} always offers what its parameter 'resources' says, as revocable. Default: nothing.`,
  }),
  oversubscribedResourcesIntervalMs: kind.duration('oversubscribed_resources_interval', {
    default: '15secs',
    min: 1,
    help: 'How often the estimator is asked.',
  }),
  qosController: kind.choice('qos_controller', [LOAD_CONTROLLER], {
    help: `Who ends tasks on revocable resources when the machine has too much to do: ${LOAD_CONTROLLER} when its load is above the parameter 'load_threshold_5min' or 'load_threshold_15min'. Default: nobody.`,
  }),
  qosCorrectionIntervalMinMs: kind.duration('qos_correction_interval_min', {
    default: '0ns',
    min: 0,
    help: 'Shortest time between two looks of the controller; never less than a second.',
  }),
  modules: kind.parsed('modules', inlineOrFile(parseModules), {
    help: 'Parameters of the estimator and the controller, as JSON or file:///path: {"libraries":[{"modules":[{"name":"…","parameters":[{"key":"resources","value":"cpus:2"}]}]}]}. Both are built in; there are no others.',
  }),
};
