#!/bin/sh
# Runs one task and leaves its exit status behind. It belongs to nobody: the daemon and the launcher that started it may
# die, it goes on. Started in a session of its own, in the task's directory.
#
#   run-task.sh EXIT_FILE ANNOUNCES UID GID GROUPS [CGROUP...]
#
# TASK_0 … TASK_9 (environment): pieces of shell text that set the task's environment and execute its command. They are
#       not arguments, because those show in everybody's process list; the environment of a process is private.
# fd 1, 2: the task's stdout and stderr.
# fd 3: a socket to the launcher. What is wrong goes there, or "up STARTTIME" when the task's own process exists, set up and about
#       to execute: from then on whatever is sent to the session reaches it. When the launcher has died before that,
#       writing fails and nothing is run.
# ANNOUNCES is 1 when this shell says on stderr that a child died of a signal (dash, ash). Then a death by SIGTERM and
#       `exit 143` are told apart; SIGINT and SIGPIPE are announced by no shell, so 130 and 141 are taken for them. With 0
#       (bash, or script, which holds terminals) every status over 128 is taken for a signal.
# SETS_UP_ITSELF (environment): the text has more to set up, with `started` and fd 3, and says "up" itself (confine-text.ts).
# UID is "-" when the task runs as who we are; GROUPS is an option of setpriv.
umask 022
exit_file=$1 announces=$2 uid=$3 gid=$4 groups=$5
shift 5

for cgroup in "$@"; do
  { echo 0 >"$cgroup/cgroup.procs"; } 2>/dev/null || { echo "cannot enter the cgroup $cgroup" >&3; exit 125; }
done

# Until the end the exit file says who we are: whoever finds it can find us.
read -r stat <"/proc/$$/stat" && set -- ${stat##*) } && started=${20}
{ echo "running $$ $started" >"$exit_file"; } 2>/dev/null || { echo "cannot write $exit_file" >&3; exit 125; }
# Our own stderr collects the announcement there; the task gets the real one. Nothing here but the task itself is worth
# an exec of its own: that is what a start costs.
exec 4>&2 2>>"$exit_file"

# Caught, not ignored: a signal to the whole session must not take us with it, and the task starts with the defaults.
# All but KILL and STOP, and CHLD, CONT, URG and WINCH, which end nobody.
trap : 1 2 3 4 5 6 7 8 10 11 12 13 14 15 16 20 21 22 24 25 26 27 29 30 31

task=$TASK_0$TASK_1$TASK_2$TASK_3$TASK_4$TASK_5$TASK_6$TASK_7$TASK_8$TASK_9
unset TASK_0 TASK_1 TASK_2 TASK_3 TASK_4 TASK_5 TASK_6 TASK_7 TASK_8 TASK_9
if [ -n "$SETS_UP_ITSELF" ]; then
  ( unset SETS_UP_ITSELF; eval "$task" ) 2>&4 4>&-
elif [ "$uid" = - ]; then
  ( echo "up $started" >&3 && exec 3>&- && eval "$task" ) 2>&4 4>&-
else
  ( echo "up $started" >&3 && exec 3>&- && export task && exec setpriv --reuid "$uid" --regid "$gid" "$groups" -- \
      /bin/sh -c 'text=$task; unset task; eval "$text"' ) 2>&4 4>&-
fi
code=$?

end="exited $code"
if [ $code -gt 128 ] && [ $code -le 192 ]; then
  { read -r running; read -r announced; } <"$exit_file"
  if [ "$announces" = 0 ] || [ -n "$announced" ] || [ $code = 130 ] || [ $code = 141 ]; then
    end="signaled $((code - 128))"
  fi
fi
echo "$end" >"$exit_file"
