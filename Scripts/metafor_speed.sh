#!/usr/bin/env bash
# metafor and clubSandwich beside `cuneus pool` in one run: the 900 effects of 480 depression trials of the reference shelf, pooled at
#
# Needs R with metafor and clubSandwich (Debian: r-cran-metafor r-cran-clubsandwich), and the built program.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program="${CUNEUS:-.build/release/cuneus}"
export TABLE="${CUNEUS_SHELF:-../shared}/data/depression-trials/data.csv"
[ -f "$TABLE" ] || { echo "no $TABLE: the reference shelf is not here"; exit 0; }

Rscript - <<'R'
suppressMessages({ library(metafor); library(clubSandwich) })
d <- read.csv2(Sys.getenv("TABLE"), fileEncoding = "latin1")
d$yi <- as.numeric(d$.g); d$vi <- as.numeric(d$.g_se)^2; d$id <- seq_len(nrow(d)); d$year <- as.numeric(d$year)
total <- 0
timed <- function(name, step) {
  start <- proc.time()
  made <- try(force(step), silent = TRUE)
  spent <- sum((proc.time() - start)[1:2])
  total <<- total + spent
  cat(sprintf("metafor: %-42s %6.2f s%s\n", name, spent, if (inherits(made, "try-error")) " (failed)" else ""))
  invisible(made)
}
levels <- ~ 1 | study/id
all <- timed("three levels", rma.mv(yi, vi, random = levels, data = d, sparse = TRUE))
timed("their CR2", conf_int(all, vcov = "CR2", cluster = d$study))
some <- timed("by treatment", rma.mv(yi, vi, mods = ~condition_arm1, random = levels, data = d, sparse = TRUE))
timed("their CR2 and test", Wald_test(some, constrain_zero(2:length(coef(some))), vcov = "CR2", cluster = d$study))
year <- timed("by year", rma.mv(yi, vi, mods = ~year, random = levels, data = d, sparse = TRUE))
timed("its CR2", coef_test(year, vcov = "CR2", cluster = d$study))
own <- timed("one mean a study", aggregate(escalc(yi = yi, vi = vi, data = d), cluster = study, struct = "CS", rho = 0.6))
pooled <- timed("pooled", rma(yi, vi, data = own))
timed("Egger, rank test, trim and fill, PEESE", {
  regtest(pooled); ranktest(pooled); trimfill(pooled); rma(yi, vi, mods = ~vi, data = own)
})
likely <- rma(yi, vi, data = own, method = "ML")
timed("two selection models", {
  selmodel(likely, type = "stepfun", alternative = "greater", steps = 0.025, skiphes = TRUE)
  selmodel(likely, type = "stepfun", alternative = "greater", steps = c(0.025, 0.5), skiphes = TRUE)
})
cat(sprintf("metafor: %-42s %6.2f s\n", "together", total))
R
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
TIMEFORMAT='cuneus: all of this, every study left out, posterior, page and figures    %U s (processor time), %R s by the clock'
time "$program" pool "$TABLE" --columns yi=.g,sei=.g_se --measure SMD --by condition_arm1 --moderators year \
    --leave-out --out "$out/run" --quiet >/dev/null
