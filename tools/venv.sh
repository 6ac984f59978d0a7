#!/usr/bin/env bash
# Make .venv with pip in it. Debian's python3 has `venv` but, without python3-venv, no `ensurepip`:
# the system's pip then puts itself inside, which needs neither root nor apt.
set -euo pipefail

python=${PYTHON:-python3}
venv=.venv

if "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
  exit 0
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "Cần Python 3.11 trở lên; đặt PYTHON=/đường/dẫn/python3.11. / Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11." >&2
  exit 1
fi
if "$python" -m venv --clear "$venv" >/dev/null 2>&1; then
  exit 0
fi
if "$python" -m pip --version >/dev/null 2>&1; then
  "$python" -m venv --clear --without-pip "$venv"
  "$python" -m pip --python "$venv/bin/python" install -qq pip
elif [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
  tools/packages.sh python3-venv
  "$python" -m venv --clear "$venv"
else
  echo "Thiếu python3-venv: chạy 'sudo apt-get install python3-venv' rồi chạy lại. / python3-venv is missing: run 'sudo apt-get install python3-venv', then try again." >&2
  exit 1
fi
