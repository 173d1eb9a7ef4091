# Writes metafor-models.json: what metafor says of a grid of meta-regressions. Run it here:
#
#   apt-get install r-cran-metafor r-cran-jsonlite && Rscript metafor-models.R
#
# Grid: studies 3, 5, 10, 30 x homogeneous, heterogeneous x covariates 0, 1, 2 x estimator x test; without what has no
# degree of freedom left. MetaRegressionTests checks that it is complete.
suppressMessages(library(metafor))
library(jsonlite)

estimators <- c("FE", "DL", "HE", "PM", "ML", "REML", "HS", "SJ", "EB")
tests <- c("z", "knha", "adhoc")
# Iterated until nothing changes: what is left is rounding, not the stopping rule.
control <- list(threshold = 1e-13, maxiter = 20000, tol = 1e-13, tau2.max = 1e4)
digits <- function(x) if (is.null(x)) NULL else signif(as.numeric(x), 12)

datasets <- list()
for (k in c(3, 5, 10, 30)) for (kind in c("homogeneous", "heterogeneous")) {
  set.seed(1000 * k + (kind == "heterogeneous"))
  v <- signif(1 / sample(8:60, k, replace = TRUE), 6)
  x1 <- signif(runif(k, 4, 20), 4)      # weeks of therapy, say
  x2 <- rep_len(c(0, 1, 1, 0, 1), k)    # group
  tau <- if (kind == "heterogeneous") 0.6 else 0
  y <- round(0.3 + 0.03 * x1 - 0.2 * x2 + rnorm(k, 0, tau) + rnorm(k, 0, sqrt(v)), 6)
  datasets[[paste0(kind, k)]] <- list(name = paste0(kind, k), studies = k, y = y, v = v, x1 = x1, x2 = x2)
}

fit <- function(d, covariates, method, test) {
  model <- list(~ 1, ~ x1, ~ x1 + x2)[[covariates + 1]]
  rma(y, v, mods = model, data = d[c("y", "v", "x1", "x2")], method = method, test = test, control = control)
}

cases <- list()
for (d in datasets) for (covariates in 0:2) for (method in estimators) {
  if (d$studies - covariates - 1 < 1) next
  base <- fit(d, covariates, method, "z")
  ci <- if (method == "FE") NULL else suppressWarnings(confint(base, control = list(tol = 1e-12, maxiter = 1000, tau2.max = 1e4)))
  case <- list(
    data = d$name, covariates = covariates, method = method, tau2 = digits(base$tau2), beta = digits(base$beta),
    covariance = digits(base$vb),
    qe = digits(base$QE), qeP = digits(base$QEp), i2 = digits(base$I2), h2 = digits(base$H2),
    tau2Interval = if (method == "FE") NULL else digits(ci$random["tau^2", 2:3]),
    i2Interval = if (method == "FE") NULL else digits(ci$random["I^2(%)", 2:3]))
  for (test in tests) {
    m <- suppressWarnings(fit(d, covariates, method, test))
    at <- c(12, 1)[seq_len(covariates)]
    p <- if (covariates == 0) predict(m) else predict(m, newmods = at)
    contrast <- if (covariates < 1) NULL else anova(m, X = rbind(c(1, 10, 0), c(0, 2, -1))[seq_len(covariates), seq_len(covariates + 1), drop = FALSE])
    case[[test]] <- list(
      se = digits(m$se), pval = digits(m$pval), lower = digits(m$ci.lb), upper = digits(m$ci.ub),
      qm = digits(m$QM), qmP = digits(m$QMp),
      predicted = digits(c(p$pred, p$se, p$ci.lb, p$ci.ub, p$pi.lb, p$pi.ub)),
      contrast = if (is.null(contrast)) NULL else digits(c(contrast$QM, contrast$QMp)))
  }
  cases[[length(cases) + 1]] <- case
}

# Influence of each study, where every study can be left out.
influences <- list()
for (d in datasets[c("heterogeneous5", "heterogeneous10", "homogeneous10")]) for (covariates in 0:1)
  for (method in c("FE", "DL", "REML")) for (test in c("z", "knha")) {
    m <- suppressWarnings(fit(d, covariates, method, test))
    i <- suppressWarnings(influence(m))
    stopifnot(!anyNA(i$inf$rstudent))
    influences[[length(influences) + 1]] <- list(
      data = d$name, covariates = covariates, method = method, test = test, rstudent = digits(i$inf$rstudent),
      dffits = digits(i$inf$dffits), cook = digits(i$inf$cook.d), covRatio = digits(i$inf$cov.r),
      tau2 = digits(i$inf$tau2.del), qe = digits(i$inf$QE.del), hat = digits(i$inf$hat),
      weight = digits(i$inf$weight), dfbs = lapply(unname(as.list(as.data.frame(i$dfbs))), digits),
      influential = as.logical(i$is.infl))
  }

# Egger-type regression on the standard error, fail-safe numbers, excess significance, trim and fill.
bias <- list()
for (d in datasets[c("homogeneous10", "heterogeneous10", "heterogeneous30")]) {
  se <- regtest(fit(d, 0, "REML", "z"), predictor = "sei")
  withX <- regtest(fit(d, 1, "REML", "z"), predictor = "sei")
  pet <- rma(d$y, d$v, mods = sqrt(d$v), method = "REML", test = "knha", control = control)
  peese <- rma(d$y, d$v, mods = d$v, method = "REML", test = "knha", control = control)
  m <- fit(d, 0, "REML", "z")
  fill <- function(side, estimator) {
    f <- trimfill(m, side = side, estimator = estimator, control = control)
    c(f$k0, digits(coef(f)), digits(f$se), digits(f$tau2))
  }
  t <- tes(d$y, d$v, theta = coef(m), tau2 = m$tau2, test = "binom")
  tc <- tes(d$y, d$v, theta = coef(m), tau2 = m$tau2, test = "chi2")
  bias[[length(bias) + 1]] <- list(
    data = d$name, egger = digits(c(se$fit$beta[2], se$zval, se$pval)),
    eggerWithCovariate = digits(c(withX$zval, withX$pval)),
    pet = digits(c(pet$beta[1], pet$se[1], pet$pval[1])), peese = digits(c(peese$beta[1], peese$se[1], peese$pval[1])),
    fillSide = trimfill(m)$side,
    fill = list(fill("left", "L0"), fill("right", "L0"), fill("left", "R0"), fill("right", "R0")), rosenthal = fsn(d$y, d$v, type = "Rosenthal")$fsnum, orwin = fsn(d$y, d$v, type = "Orwin", target = 0.1)$fsnum,
    rosenberg = fsn(d$y, d$v, type = "Rosenberg")$fsnum,
    theta = digits(t$theta), tau2 = digits(m$tau2), power = digits(t$power), observed = t$O, expected = digits(t$E),
    binomial = digits(t$pval), chiSquare = digits(c(tc$X2, tc$pval)))
}

# Groups of studies: one tau^2 for all by a regression on indicators, or one in each.
subgroups <- list()
for (d in datasets[c("homogeneous10", "heterogeneous10", "heterogeneous30")]) for (method in c("DL", "REML")) {
  d$group <- rep_len(c("a", "b", "c", "b", "a", "c", "c"), d$studies)
  one <- function(g, test) rma(y, v, data = as.data.frame(d), subset = group == g, method = method, test = test, control = control)
  for (test in c("z", "knha")) {
    common <- rma(y, v, mods = ~ 0 + group, data = as.data.frame(d), method = method, test = test, control = control)
    between <- rma(y, v, mods = ~ group, data = as.data.frame(d), method = method, test = test, control = control)
    centred <- d$x1 - mean(d$x1)
    adjusted <- rma(y, v, mods = ~ 0 + group + centred, data = as.data.frame(d), method = method, test = test, control = control)
    each <- lapply(c("a", "b", "c"), one, test = test)
    means <- sapply(each, coef)
    subgroups[[length(subgroups) + 1]] <- list(
      data = d$name, method = method, test = test, labels = d$group,
      mean = digits(coef(common)), se = digits(common$se), tau2 = digits(common$tau2),
      between = digits(c(between$QM, between$QMp)),
      adjusted = digits(coef(adjusted)[1:3]), adjustedSE = digits(adjusted$se[1:3]),
      separateMean = digits(means), separateTau2 = digits(sapply(each, function(m) m$tau2)),
      separateSE = digits(sapply(each, function(m) m$se)), separateQ = digits(sapply(each, function(m) m$QE)),
      separateBetween = with(rma(means, sei = sapply(each, function(m) m$se), method = "FE"), digits(c(QE, QEp))))
  }
}

writeLines(toJSON(list(
  source = paste0("metafor ", packageVersion("metafor"), ", R ", getRversion(), ": metafor-models.R"),
  datasets = unname(datasets), cases = cases, influences = influences, bias = bias,
  subgroups = subgroups),
  auto_unbox = TRUE, digits = NA, null = "null"), "metafor-models.json")
