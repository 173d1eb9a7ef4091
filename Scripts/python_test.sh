#!/usr/bin/env bash
# Makes the wheel, looks at it, installs it into fresh environments, and runs the Python tests and the notebook.
#
#     Scripts/python_test.sh PROGRAM         PROGRAM: the program, a folder that holds it, or the tarball of make dist
#     Scripts/python_test.sh --wheel PROGRAM only makes the wheel, in out/wheel
#
# A program that needs Swift's libraries beside it cannot travel: then a wheel without program is made and tested, with CUNEUS naming
# the program. Packages come from PyPI.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
only_wheel=false
if [ "${1:-}" = --wheel ]; then only_wheel=true; shift; fi
given=$(readlink -f "${1:?usage: Scripts/python_test.sh [--wheel] PROGRAM}")
python=${PYTHON:-python3}
out=${OUT:-out}/wheel
work=.build/python
mkdir -p "$work" "$out"

tools=$work/tools
if [ ! -x "$tools/bin/twine" ]; then
    "$python" -m venv "$tools"
    "$tools/bin/pip" install --quiet 'build>=1.2' 'twine>=6' 'ruff>=0.9'
fi

# Whether it stands alone is for the build to say (python/hatch_build.py).
rm -f "$out"/cuneus-*
carries=true
if ! CUNEUS_PROGRAM="$given" "$tools/bin/python" -m build --wheel --outdir "$out" python >"$work/build.log" 2>&1; then
    if ! grep -q 'which other machines do not have' "$work/build.log" || $only_wheel || [ ! -x "$given" ]; then
        cat "$work/build.log" >&2
        exit 1
    fi
    grep -ho 'RuntimeError: .*' "$work/build.log" | head -1
    echo "So the wheel carries no program; the tests use the one that was given."
    carries=false
    env -u CUNEUS_PROGRAM "$tools/bin/python" -m build --wheel --outdir "$out" python >"$work/build.log" 2>&1
fi
env -u CUNEUS_PROGRAM "$tools/bin/python" -m build --sdist --outdir "$out" python >>"$work/build.log" 2>&1
"$tools/bin/twine" check --strict "$out"/cuneus-*
wheel=$(readlink -f "$out"/cuneus-*.whl)
echo "$wheel: $(($(stat -c %s "$wheel") / 1000)) kB"
if $only_wheel; then exit 0; fi

if $carries; then unset CUNEUS; else export CUNEUS="$given"; fi
project=$PWD/Examples/psychotherapy

# From nothing to a first result, as the page says it.
rm -rf "$work/fresh"
TIMEFORMAT="%R s by the clock, %U s + %S s of processor time"
first_result() {
    echo "A fresh environment:"
    time "$python" -m venv "$work/fresh"
    echo "pip install:"
    time "$work/fresh/bin/pip" install --quiet "$wheel"
    "$work/fresh/bin/cuneus" --version
    echo "A result (10 studies, 2 mm, 999 relocations):"
    time PROJECT="$project" "$work/fresh/bin/python" -W ignore -c '
import os, cuneus
result = cuneus.Effects(models="all", verbose=0).fit(os.environ["PROJECT"])
assert result.maps["g"].shape == (91, 109, 91) and len(result.tables["studies"]) == 10 and result.report.text
'
    echo "From nothing to a first result:"
}
time first_result

# With everything that the tests need. The wheel is what is tested, not the sources.
rm -rf "$work/test"
"$python" -m venv "$work/test"
"$work/test/bin/pip" install --quiet "${wheel}[test]"
"$tools/bin/ruff" check python
"$tools/bin/ruff" format --check --quiet python
(cd python && "../$work/test/bin/mypy" --python-executable "../$work/test/bin/python")
(cd python && "../$work/test/bin/python" -m pytest -q -p no:cacheprovider)
