#!/usr/bin/env bash
# Run the tests: `tests.sh PYTEST [ARGUMENTS]`. What may run side by side runs on all processors;
# beside it, one by one, what holds something there is once (marked `serial`), told at the end.
set -um # job control: without it a background job would never see Ctrl-C, which tests send
pytest=$1
shift
folder=$(mktemp -d) && chmod 711 "$folder"
trap 'kill -INT %1 2>/dev/null; rm -rf "$folder"' EXIT
"$pytest" -m serial --basetemp="$folder/serial" "$@" >"$folder/log" 2>&1 &
"$pytest" -m 'not serial' --numprocesses=logical --dist=worksteal "$@"
first=$?
wait %1
second=$?
cat "$folder/log"
exit $((first ? first : second))
