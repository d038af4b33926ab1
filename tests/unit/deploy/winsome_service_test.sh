#!/bin/sh
# The systemd unit is sandboxed (exposure at most 2.5 of 10), checks its configuration before it starts, and nothing in it
# is unknown to systemd.
set -eu
unit=$1

command -v systemd-analyze >/dev/null || { echo "systemd-analyze is missing (package systemd)"; exit 77; }
exposure=$(systemd-analyze security --offline=true --threshold=25 --no-pager "$unit") ||
  { echo "$exposure"; echo "the sandbox of $unit is too wide"; exit 1; }

# The programs it names are not installed here, and that is all systemd may complain about.
complaints=$(systemd-analyze verify --man=no "$unit" 2>&1 | grep -v 'is not executable: No such file' || true)
[ -z "$complaints" ] || { echo "$complaints"; exit 1; }

grep -q '^ExecStartPre=.*winsomed --check ' "$unit"
