// An agent's name in the original's world: `slave(1)@ip:port`.

/** `slave(1)@127.0.0.2:5051` → `127.0.0.2`. */
export function ipOfPid(pid: string): string {
  return pid.slice(pid.indexOf('@') + 1, pid.lastIndexOf(':'));
}
