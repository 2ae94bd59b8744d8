// What the log screen is about when that is a run of a job, and no task of the master's: Chronos knows where the files of its runs
// are, also of those whose tasks the master has forgotten.

/** Not in names of jobs, frameworks or tasks. */
const SEPARATOR = '\u001f';
const JOB = `job${SEPARATOR}`;

export interface JobLog {
  readonly job: string;
  /** Undefined: of the newest run that was launched. */
  readonly taskId: string | undefined;
}

/** As the subject of a place. */
export function jobLog(job: string, taskId = ''): string {
  return `${JOB}${job}${SEPARATOR}${taskId}`;
}

/** Undefined when the subject is the key of a task. */
export function readJobLog(subject: string): JobLog | undefined {
  if (!subject.startsWith(JOB)) return undefined;
  const [job = '', taskId] = subject.slice(JOB.length).split(SEPARATOR);
  return { job, taskId: taskId || undefined };
}
