// The simulator's public face (see simulation.ts).
export { formatLogLine, type LogLine, type LogReader } from './core/log.ts';
export type { DiskFault } from './disk/faults.ts';
export { type HostOptions, SimulatedHost } from './host.ts';
export { type NetworkConditions, SOUND_NETWORK } from './net/network.ts';
export {
  type EnsembleMembership,
  type ProcessContext,
  ProcessHandle,
  type ProcessMain,
  type ProcessState,
} from './process-handle.ts';
export { Simulation, type SimulationOptions } from './simulation.ts';
export { type EnsembleOptions, SimulatedEnsemble } from './state/simulated-ensemble.ts';
