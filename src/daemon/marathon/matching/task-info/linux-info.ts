// `container.linuxInfo` in the form of Mesos (marathon.md 3.3). Checked when the app was accepted; what is unknown there is
// left out here.
import type { LinuxInfo } from '../../../../mesos/generated/v1.ts';

/** From the member as it was given. */
export function linuxInfoOf(given: Readonly<Record<string, unknown>>): LinuxInfo {
  const seccomp = objectOf(given.seccomp);
  const ipc = objectOf(given.ipcInfo);
  const info: LinuxInfo = {};
  if (seccomp !== undefined) {
    const { profileName, unconfined } = seccomp;
    info.seccomp = {
      ...(typeof profileName === 'string' && { profile_name: profileName }),
      ...(typeof unconfined === 'boolean' && { unconfined }),
    };
  }
  if (ipc?.mode === 'PRIVATE' || ipc?.mode === 'SHARE_PARENT') info.ipc_mode = ipc.mode;
  if (typeof ipc?.shmSize === 'number') info.shm_size = ipc.shmSize;
  return info;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
}
