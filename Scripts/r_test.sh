#!/usr/bin/env bash
# Checks the R package as CRAN does (R CMD check, with its tests), and times the way from nothing installed to a first result.
#
#     Scripts/r_test.sh PROGRAM      what Debian has of it is installed when missing: R, testthat, jsonlite, metafor
#
# RNifti, which only reads maps into R, is not in Debian: without it R CMD check has one note, and the tests expect the error that says so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=$(readlink -f "${1:?usage: Scripts/r_test.sh PROGRAM}")
[ -x "$program" ] || { echo "r_test.sh: $program is no program" >&2; exit 1; }
export CUNEUS="$program" LC_ALL=C.UTF-8

packages=(r-base-core r-cran-testthat r-cran-jsonlite r-cran-metafor)
missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    sudo=$([ "$(id -u)" = 0 ] || echo sudo)
    $sudo apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}" >/dev/null
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r r "$work/cuneus-source"
cp -r Examples/psychotherapy "$work/project"
ln -s "$PWD/Examples" "$work/Examples"
sed -n '/^```r$/,/^```$/{/^```/!p}' Docs/r.md >"$work/page.R"
cd "$work"

R CMD build cuneus-source >build.log || { cat build.log >&2; exit 1; }
archive=$(echo cuneus_*.tar.gz)

# No net is asked for: RNifti may be absent, and the clock is not compared with a server's.
export _R_CHECK_FORCE_SUGGESTS_=false _R_CHECK_SYSTEM_CLOCK_=0
status=0
R CMD check --no-manual "$archive" >check.log 2>&1 || status=$?
grep -vE '\.\.\. OK$' check.log || true
if [ "$status" != 0 ] || ! grep -qE '^Status: (OK|1 NOTE)$' check.log; then
    cat cuneus.Rcheck/tests/*.fail cuneus.Rcheck/00install.out 2>/dev/null || true
    echo "r_test.sh: R CMD check is not clean" >&2
    exit 1
fi
# The one note that is explained; any other is a failure.
if grep -q '^Status: 1 NOTE$' check.log && ! grep -q "suggested but not available for checking: ‘RNifti’" check.log; then
    echo "r_test.sh: a note that is not explained" >&2
    exit 1
fi
grep -h 'FAIL 0' cuneus.Rcheck/tests/testthat.Rout || { echo "r_test.sh: no tests ran" >&2; exit 1; }

# The page's first five minutes.
mkdir library
TIMEFORMAT="%R s by the clock, %U s + %S s of processor time"
first_result() {
    R CMD INSTALL --library=library "$archive" >install.log 2>&1 || { cat install.log >&2; exit 1; }
    R_LIBS="$work/library" Rscript -e '
library(cuneus)
suppressWarnings({
  run <- cuneus_run("project", model = "all", method = "effects", quiet = TRUE)
  effects <- cuneus_effects(run, at = c(-22, -4, -18))
})
stopifnot(file.exists(run$report), nrow(effects) == 10, nrow(cuneus_table(run, "studies")) == 10)
pdf(NULL)
drawn <- cuneus_forest(effects)
stopifnot(nrow(drawn) == 11)
' || { echo "r_test.sh: the first result failed" >&2; exit 1; }
    echo "From R CMD INSTALL to a first result (10 studies, 2 mm, 999 relocations, forest plot):"
}
time first_result

# And the rest of the page.
R_LIBS="$work/library" Rscript -e 'pdf(NULL); source("page.R", echo = TRUE, max.deparse.length = Inf)' >page.log 2>&1 ||
    { cat page.log >&2; echo "r_test.sh: the code of Docs/r.md failed" >&2; exit 1; }
grep -q 'no such file' page.log || { echo "r_test.sh: the last block of Docs/r.md said nothing" >&2; exit 1; }
echo "The code of Docs/r.md ran."
