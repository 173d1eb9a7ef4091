# Composite effects of shared samples, and their random-effects pooling, by metafor: the figures in CompositeEffectTests.
#   Rscript shared-samples.R
suppressMessages(library(metafor))
dat <- data.frame(
  sample = c("s", "s", "s", "b", "u", "u", "c"),
  yi = c(0.62, 0.31, 0.44, -0.10, 0.85, 0.20, 0.15),
  vi = c(0.05, 0.08, 0.05, 0.11, 0.04, 0.13, 0.02))
dat$sample <- factor(dat$sample, levels = unique(dat$sample))
dat <- escalc(yi = yi, vi = vi, data = dat)
for (rho in c(0, 0.5, 0.8)) {
  agg <- aggregate(dat, cluster = sample, struct = "CS", rho = rho, weighted = FALSE)
  fit <- rma(yi, vi, data = agg, method = "DL")
  cat(sprintf("rho %.1f\n  yi %s\n  vi %s\n  b %.10f se %.10f tau2 %.10f QE %.10f\n", rho,
    paste(sprintf("%.10f", agg$yi), collapse = " "), paste(sprintf("%.10f", agg$vi), collapse = " "),
    fit$b, fit$se, fit$tau2, fit$QE))
}
cat(R.version.string, "metafor", as.character(packageVersion("metafor")), "\n")
