#!/bin/sh
# Runs one task and leaves its exit status behind. It belongs to nobody: the daemon and the launcher that started it may
# die, it goes on. Started in a session of its own, in the task's directory.
#
#   run-task.sh EXIT_FILE ANNOUNCES UID GID GROUPS [CGROUP...]
#
# fd 1, 2: the task's stdout and stderr.
# fd 3: a socket to the launcher. We write "ok" (or what is wrong) there once everything is set up; then comes a line
#       "go" and the command with its environment as shell text, so that neither shows in anybody's process list. When
#       the launcher dies before that, nothing is run.
# ANNOUNCES is 1 when this shell says on stderr that a child died of a signal (dash, ash). Then a death by SIGTERM and
#       `exit 143` are told apart; SIGINT and SIGPIPE are announced by no shell, so 130 and 141 are taken for them. With 0
#       (bash) every status over 128 is taken for a signal.
# UID is "-" when the task runs as who we are; GROUPS is an option of setpriv.
umask 022
exit_file=$1 announces=$2 uid=$3 gid=$4 groups=$5
shift 5

for cgroup in "$@"; do
  { echo 0 >"$cgroup/cgroup.procs"; } 2>/dev/null || { echo "cannot enter the cgroup $cgroup" >&3; exit 125; }
done

# Our own stderr collects the announcement; the task gets the real one.
{ : >"$exit_file.tmp"; } 2>/dev/null || { echo "cannot write $exit_file" >&3; exit 125; }
exec 4>&2 2>"$exit_file.tmp"

# Caught, not ignored: a signal to the whole session must not take us with it, and the task starts with the defaults.
trap : TERM INT HUP QUIT USR1 USR2

echo ok >&3
read -r go <&3 && [ "$go" = go ] || { rm -f "$exit_file.tmp"; exit 125; }
if [ "$uid" = - ]; then
  ( exec /bin/sh -s <&3 2>&4 3>&- 4>&- )
else
  ( exec setpriv --reuid "$uid" --regid "$gid" "$groups" -- /bin/sh -s <&3 2>&4 3>&- 4>&- )
fi
code=$?
exec </dev/null >/dev/null 3>&- 4>&-

end="exited $code"
if [ $code -gt 128 ] && [ $code -le 192 ]; then
  if [ "$announces" = 0 ] || [ -s "$exit_file.tmp" ] || [ $code = 130 ] || [ $code = 141 ]; then
    end="signaled $((code - 128))"
  fi
fi
echo "$end" >"$exit_file.tmp" && exec mv -f "$exit_file.tmp" "$exit_file"
