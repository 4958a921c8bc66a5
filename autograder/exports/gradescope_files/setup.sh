#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image of the assignment.
set -euo pipefail
cd /autograder/source

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends bubblewrap

# The newest Python of the image's system that our versions are pinned for. (Ubuntu 22.04 has none: its 3.11
# is too old for some of them.) Not one from elsewhere: student code, as another user, must be able to read it.
for python in python3.13 python3.12; do
  if apt-get install -y -qq --no-install-recommends "$python" "$python-venv"; then
    break
  fi
done
[ -x "/usr/bin/$python" ] || {
  echo "The course needs Python 3.12 or newer: choose Ubuntu 24.04 or newer as the base image" >&2
  exit 1
}

# Student code may read the packages, and nothing in this folder. It runs as another user where it must.
"/usr/bin/$python" -m venv /autograder/venv
/autograder/venv/bin/python -m pip install --quiet --no-cache-dir \
  --constraint requirements.lock --requirement requirements.txt
chmod -R go= /autograder/source

# What is missing is said now, and not when the first student hands in.
export PYTHONPATH=/autograder/source/course
/autograder/venv/bin/python -P -c 'import autograder.exports.gradescope_run'
/autograder/venv/bin/python -P -c 'from autograder.sandboxes.sandbox import probe; print(probe())'
