# Pooled effects for VerdictTests: metafor, REML, test = "adhoc" (Knapp-Hartung, never below Wald). Bayes factors: claims.py.
# Rscript claims.R > pooled.json && python3 claims.py pooled.json > claims.json
suppressMessages(library(metafor))
library(jsonlite)
sets <- list(
  list(y = c(0.31, 0.12, 0.55, -0.08, 0.47, 0.22), v = c(0.05, 0.08, 0.04, 0.10, 0.06, 0.03)),
  list(y = c(0.9, -0.4, 0.7, 0.1, 0.5, -0.2, 0.8, 0.3), v = c(0.02, 0.03, 0.025, 0.02, 0.04, 0.03, 0.02, 0.05)),
  list(y = c(0.05, -0.02, 0.01, 0.03, -0.04), v = c(0.01, 0.02, 0.015, 0.01, 0.02)),
  list(y = c(-0.51, -0.62, -0.44, -0.70, -0.35, -0.58, -0.49), v = c(0.06, 0.05, 0.07, 0.04, 0.08, 0.05, 0.06)),
  list(y = c(0.2, 0.4, 0.6), v = c(0.05, 0.05, 0.05)),
  list(y = c(1.2, 0.1, -0.3, 0.9, 0.4, 0.6, -0.1, 0.2, 0.7, 0.3), v = c(0.2, 0.05, 0.1, 0.15, 0.06, 0.08, 0.07, 0.04, 0.12, 0.05)))
fit <- function(y, v) rma(y, v, method = "REML", test = "adhoc", control = list(threshold = 1e-12, maxiter = 1000))
out <- lapply(sets, function(s) {
  r <- fit(s$y, s$v)
  loo <- lapply(seq_along(s$y), function(i) fit(s$y[-i], s$v[-i]))
  list(effects = s$y, variances = s$v, effect = as.numeric(r$beta), se = r$se, low = r$ci.lb, high = r$ci.ub,
       tau2 = r$tau2, i2 = r$I2, without = sapply(loo, function(x) as.numeric(x$beta)), withoutSE = sapply(loo, function(x) x$se))
})
cat(toJSON(out, digits = NA, auto_unbox = TRUE))
