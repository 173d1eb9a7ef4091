# Writes Tests/SynthesisTests/Reference/synthesis-bias.json: what metafor says of small-study bias, selection and influence on data
# sets of metadat. Run it here:
#
#   apt-get install r-cran-metafor r-cran-jsonlite r-cran-numderiv && Rscript synthesis_bias.R
suppressMessages({library(metafor); library(metadat)})
library(jsonlite)

control <- list(threshold = 1e-13, maxiter = 20000, tol = 1e-13, tau2.max = 1e4)
digits <- function(x) if (is.null(x)) list() else signif(as.numeric(x), 12)

bcg <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
bcg$ni <- with(dat.bcg, tpos + tneg + cpos + cneg)
hackshaw <- dat.hackshaw1998
hackshaw$ni <- NA
bangert <- dat.bangertdrowns2004
raudenbush <- dat.raudenbush1985
raudenbush$ni <- raudenbush$n1i + raudenbush$n2i
normand <- escalc(measure = "SMD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.normand1999)
normand$ni <- normand$n1i + normand$n2i
molloy <- escalc(measure = "ZCOR", ri = ri, ni = ni, data = dat.molloy2014)
mcdaniel <- escalc(measure = "ZCOR", ri = ri, ni = ni, data = dat.mcdaniel1994)
linde <- escalc(measure = "RR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.linde2005)
linde <- linde[!is.na(linde$yi), ]
linde$ni <- linde$n1i + linde$n2i

sets <- list(bcg = bcg, hackshaw1998 = hackshaw, bangertdrowns2004 = bangert, raudenbush1985 = raudenbush,
             normand1999 = normand, molloy2014 = molloy, mcdaniel1994 = mcdaniel, linde2005 = linde)
sets <- lapply(sets, function(d) data.frame(yi = signif(as.numeric(d$yi), 12), vi = signif(as.numeric(d$vi), 12), ni = as.numeric(d$ni)))

datasets <- lapply(names(sets), function(n) list(name = n, y = sets[[n]]$yi, v = sets[[n]]$vi,
                                                 n = if (anyNA(sets[[n]]$ni)) list() else sets[[n]]$ni))

egger <- list()
for (n in names(sets)) for (model in c("rma", "lm")) for (predictor in c("sei", "vi", "ni", "ninv", "sqrtni", "sqrtninv")) {
  d <- sets[[n]]
  if (anyNA(d$ni) && !(predictor %in% c("sei", "vi"))) next
  if (anyNA(d$ni)) d$ni <- NULL
  m <- if (is.null(d$ni)) rma(yi, vi, data = d, control = control) else rma(yi, vi, ni = ni, data = d, control = control)
  r <- suppressWarnings(regtest(m, model = model, predictor = predictor))
  egger[[length(egger) + 1]] <- list(data = n, model = model, predictor = predictor, statistic = digits(r$zval), p = digits(r$pval),
    limit = if (is.null(r$est)) list() else digits(c(r$est, r$ci.lb, r$ci.ub)))
}

ranks <- lapply(names(sets), function(n) { r <- suppressWarnings(ranktest(sets[[n]]$yi, vi = sets[[n]]$vi))
  list(data = n, tau = digits(r$tau), p = digits(r$pval)) })

fills <- list()
for (n in names(sets)) for (estimator in c("L0", "R0", "Q0")) for (method in c("EE", "DL", "REML")) {
  m <- rma(yi, vi, data = sets[[n]], method = method, control = control)
  f <- tryCatch(suppressWarnings(trimfill(m, estimator = estimator, control = control)), error = function(e) NULL)
  if (is.null(f)) next
  fills[[length(fills) + 1]] <- list(data = n, estimator = estimator, method = method, side = f$side, k0 = f$k0,
    beta = digits(f$beta), se = digits(f$se), tau2 = digits(f$tau2))
}

selections <- list()
select <- function(n, alternative, steps, delta = NULL) {
  m <- rma(yi, vi, data = sets[[n]], method = "ML", control = control)
  # As tight as an optimiser will stop at without complaint; what metafor warns of (empty intervals, weights at their bound) is
  # left out.
  s <- NULL
  for (tightness in list(list(optimizer = "optim", optmethod = "BFGS", reltol = 1e-12, maxit = 5000),
                         list(optimizer = "nlminb", rel.tol = 1e-11, eval.max = 5000, iter.max = 5000))) {
    args <- list(m, type = "stepfun", alternative = alternative, steps = steps, control = tightness)
    if (!is.null(delta)) args$delta <- delta
    complaint <- function(e) { message(n, " ", alternative, " ", paste(steps, collapse = ","), ": ", conditionMessage(e)); NULL }
    s <- tryCatch(do.call(selmodel, args), error = complaint, warning = complaint)
    if (!is.null(s)) break
  }
  if (is.null(s)) return(NULL)
  # Profile interval of the mean, where metafor's confint has none: by refitting with the mean fixed.
  list(data = n, alternative = alternative, steps = steps[steps < 1], weights = if (is.null(delta)) list() else delta,
    beta = digits(s$beta), se = digits(s$se), tau2 = digits(s$tau2), se.tau2 = digits(s$se.tau2),
    delta = digits(s$delta), se.delta = digits(s$se.delta), ll = digits(s$fit.stats["ll", "ML"]),
    lrt = if (is.null(delta)) digits(c(s$LRT, s$LRTp)) else list(),
    tau2.ci = if (is.null(delta)) profile.ci(s, "tau2") else list(), delta.ci = if (is.null(delta)) profile.ci(s, "delta") else list())
}
profile.ci <- function(s, what) {
  # Minutes each: of the plain three-parameter model on two data sets.
  if (length(s$delta) != 2 || !(s$k %in% c(37, 48)) || s$alternative != "greater" || s$steps[1] != 0.025) return(list())
  r <- tryCatch(suppressWarnings(if (what == "tau2") confint(s, tau2 = TRUE, control = list(tol = 1e-7)) else confint(s, delta = 2, control = list(tol = 1e-7))), error = function(e) NULL)
  if (is.null(r)) return(list())
  digits(r$random[1, 2:3])
}
# Not mcdaniel1994 and raudenbush1985: with 160 studies this takes metafor minutes, with 19 of which few are significant nothing is
# estimable.
for (n in c("hackshaw1998", "bangertdrowns2004", "bcg", "linde2005", "molloy2014")) {
  sides <- if (mean(sets[[n]]$yi) < 0) c("less", "two.sided") else c("greater", "two.sided")
  for (alternative in sides) for (steps in list(c(0.025), c(0.05), c(0.025, 0.5))) {
    found <- select(n, alternative, c(steps, 1))
    if (!is.null(found)) selections[[length(selections) + 1]] <- found
  }
  # Stated weights: moderate one-tailed selection of Vevea & Woods 2005, shortened.
  found <- select(n, sides[1], c(0.025, 0.05, 0.5, 1), c(1, 0.8, 0.6, 0.5))
  if (!is.null(found)) selections[[length(selections) + 1]] <- found
}

influences <- list()
for (n in c("bcg", "hackshaw1998", "bangertdrowns2004", "raudenbush1985")) for (method in c("EE", "DL", "REML")) {
  m <- rma(yi, vi, data = sets[[n]], method = method, control = control)
  i <- influence(m)$inf
  l <- leave1out(m)
  pdf(NULL); b <- baujat(m, progbar = FALSE); dev.off()
  u <- cumul(m)
  influences[[length(influences) + 1]] <- list(data = n, method = method,
    rstudent = digits(i$rstudent), dffits = digits(i$dffits), cook = digits(i$cook.d), cov = digits(i$cov.r),
    tau2 = digits(i$tau2.del), qe = digits(i$QE.del), hat = digits(i$hat), weight = digits(i$weight),
    without = digits(l$estimate), withoutSE = digits(l$se), withoutI2 = digits(l$I2),
    baujatX = digits(b$x), baujatY = digits(b$y),
    cumulative = digits(u$estimate), cumulativeSE = digits(u$se), cumulativeTau2 = digits(u$tau2))
}

small <- sets$normand1999
g <- gosh(rma(yi, vi, data = small, method = "DL"), progbar = FALSE)
subsets <- list(data = "normand1999", size = as.integer(g$res$k), members = apply(g$incl, 1, function(x) sum(2^(which(x) - 1))),
  effect = digits(g$res[, ncol(g$res)]), tau2 = digits(g$res$tau2), q = digits(g$res$QE), i2 = digits(g$res$I2))

failsafe <- lapply(names(sets), function(n) list(data = n,
  rosenthal = fsn(yi, vi, data = sets[[n]])$fsnum, orwin = fsn(yi, vi, data = sets[[n]], type = "Orwin")$fsnum,
  rosenberg = fsn(yi, vi, data = sets[[n]], type = "Rosenberg")$fsnum))

write_json(list(versions = list(R = R.version.string, metafor = as.character(packageVersion("metafor")),
    metadat = as.character(packageVersion("metadat"))),
  datasets = datasets, egger = egger, ranks = ranks, fills = fills, selections = selections, influences = influences,
  subsets = subsets, failsafe = failsafe),
  "../../Tests/SynthesisTests/Reference/synthesis-bias.json", auto_unbox = TRUE, digits = NA, na = "null")
