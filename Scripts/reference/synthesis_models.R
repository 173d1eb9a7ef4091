# Writes Tests/SynthesisTests/Reference/synthesis-models.json: what metafor and clubSandwich say of published data sets.
#
#   apt-get install r-cran-metafor r-cran-clubsandwich r-cran-robumeta r-cran-jsonlite && Rscript synthesis_models.R
#
# The data sets come with metafor (metadat). Where metafor iterates it is told to go on until nothing changes.
suppressMessages({library(metafor); library(clubSandwich); library(robumeta); library(jsonlite); library(splines)})
options(warn = 1)
num <- function(x) if (is.null(x)) NULL else as.numeric(x)
out <- list(source = paste("metafor", packageVersion("metafor"), "clubSandwich", packageVersion("clubSandwich"),
                           "robumeta", packageVersion("robumeta"), R.version.string))

# ---- Independent effects ------------------------------------------------------------------------------------------
control <- list(threshold = 1e-13, maxiter = 20000, tol = 1e-13, tau2.max = 1e4)
bcg <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
normand <- escalc(measure = "MD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.normand1999)
molloy <- escalc(measure = "ZCOR", ri = ri, ni = ni, data = dat.molloy2014)
bangert <- dat.bangertdrowns2004
sets <- list(bcg = bcg, normand1999 = normand, molloy2014 = molloy, raudenbush1985 = dat.raudenbush1985,
             hackshaw1998 = dat.hackshaw1998, bangertdrowns2004 = bangert)

# Profile interval of the mean by the plain likelihood, from nothing but dnorm.
profileMean <- function(y, v, control, level = 0.95) {
  ll <- function(mu) {
    f <- function(t) sum(dnorm(y, mu, sqrt(v + t), log = TRUE))
    o <- optimize(f, c(0, 4 * (var(y) + max((y - mu)^2))), maximum = TRUE, tol = 1e-12)
    max(o$objective, f(0))
  }
  m <- rma(y, v, method = "ML", control = control)
  best <- ll(as.numeric(m$b))
  g <- function(mu) 2 * (best - ll(mu)) - qchisq(level, 1)
  c(uniroot(g, c(m$b - 20 * m$se, m$b), tol = 1e-12)$root, uniroot(g, c(m$b, m$b + 20 * m$se), tol = 1e-12)$root)
}

out$independent <- lapply(names(sets), function(name) {
  d <- sets[[name]]
  y <- as.numeric(d$yi); v <- as.numeric(d$vi)
  # The step at which the iteration stops is absolute: as small as the units of the effects allow.
  control$threshold <- 1e-12 * max(0.1, var(y))
  fits <- list()
  for (method in c("FE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")) for (test in c("z", "knha", "adhoc")) {
    m <- suppressWarnings(rma(y, v, method = method, test = test, control = control))
    p <- predict(m)
    pi <- NULL
    if (method != "FE") {
      s <- sqrt(m$se^2 + m$tau2)
      pi <- list(higgins = num(m$b) + c(-1, 1) * qt(.975, m$k - 2) * s,
                 partlettRiley = num(m$b) + c(-1, 1) * qt(.975, m$k - 1) * s,
                 skipka = num(m$b) + c(-1, 1) * qnorm(.975) * s, asTested = c(p$pi.lb, p$pi.ub))
    }
    pl <- if (method %in% c("ML", "REML") && test == "z")
      num(confint(m, type = "PL", control = list(tol = 1e-12 * max(.1, var(y)), maxiter = 20000, tau2.max = 1e5))$random["tau^2", 2:3]) else NULL
    qp <- if (method != "FE" && test == "z") {
      ci <- confint(m, control = list(tol = 1e-12 * max(.1, var(y)), maxiter = 20000, tau2.max = 1e5))$random
      num(ci["tau^2", 2:3])
    } else NULL
    fits[[length(fits) + 1]] <- list(method = method, test = test, b = num(m$b), se = num(m$se), p = num(m$pval),
      lower = num(m$ci.lb), upper = num(m$ci.ub), tau2 = num(m$tau2), q = num(m$QE), qp = num(m$QEp), i2 = num(m$I2),
      h2 = num(m$H2), prediction = pi, profile = pl, qProfile = qp)
  }
  list(name = name, y = y, v = v, fits = fits, profileMean = profileMean(y, v, control))
})

# ---- Dependent effects ----------------------------------------------------------------------------------------------
# As finely as the optimiser can be told to without giving up.
fitted.finely <- function(...) {
  for (tol in c(1e-13, 1e-12, 1e-11, 1e-10, 1e-8)) {
    m <- try(suppressWarnings(rma.mv(..., control = list(optimizer = "nlminb", rel.tol = tol, iter.max = 2000, eval.max = 4000))), silent = TRUE)
    if (!inherits(m, "try-error")) return(m)
  }
  stop(m)
}
mv <- function(name, y, V, X, random, method = "REML", cluster = NULL, profile = TRUE, data, htz = NULL, contain = NULL, ...) {
  m <- fitted.finely(y, V, mods = X, intercept = FALSE, random = random, method = method, data = data, test = "t", ...)
  ci <- NULL
  if (profile) {
    c0 <- suppressWarnings(confint(m, control = list(tol = 1e-11)))
    parts <- if (!is.null(c0$random)) list(c0) else c0[sapply(c0, is.list)]
    ci <- lapply(parts, function(p) num(p$random[1, 2:3]))
    names(ci) <- sapply(parts, function(p) rownames(p$random)[1])
  }
  robust <- NULL
  if (!is.null(cluster)) {
    ct <- coef_test(m, vcov = "CR2", cluster = cluster)
    joint <- NULL
    if (!is.null(htz)) {
      w <- Wald_test(m, constraints = constrain_zero(htz), vcov = "CR2", cluster = cluster)
      joint <- list(f = w$Fstat, df = w$df_num, denominator = w$df_denom, p = w$p_val)
    }
    robust <- list(se = num(ct$SE), df = num(ct$df_Satt), p = num(ct$p_Satt), joint = joint)
  }
  cd <- NULL
  if (!is.null(contain)) cd <- num(rma.mv(y, V, mods = X, intercept = FALSE, random = random, method = method, data = data, test = "t", dfs = "contain", ...)$ddf)
  list(name = name, method = method, y = num(y), V = unname(as.matrix(if (is.matrix(V)) V else diag(V))),
       X = unname(as.matrix(X)), b = num(m$b), vb = unname(as.matrix(m$vb)), sigma2 = num(m$sigma2), tau2 = num(m$tau2),
       rho = num(m$rho), G = if (isTRUE(m$withG)) unname(as.matrix(m$G)) else NULL, ll = num(logLik(m)), qe = num(m$QE), qm = num(m$QM), qmp = num(m$QMp),
       lower = num(m$ci.lb), upper = num(m$ci.ub), p = num(m$pval), contain = cd, intervals = ci, robust = robust)
}
ones <- function(d) cbind(rep(1, nrow(d)))
cases <- list()
add <- function(case, ...) cases[[length(cases) + 1]] <<- c(case, list(...))

k <- dat.konstantopoulos2011
for (method in c("REML", "ML"))
  add(mv("konstantopoulos2011 three levels", k$yi, k$vi, ones(k), ~ 1 | district/school, method, k$district, data = k, contain = TRUE),
      kind = "nested", groups = list(as.character(k$district), as.character(k$school)), cluster = as.character(k$district))
add(mv("konstantopoulos2011 three levels with year", k$yi, k$vi, cbind(1, k$year), ~ 1 | district/school, "REML", k$district, data = k, htz = 2, contain = TRUE),
    kind = "nested", groups = list(as.character(k$district), as.character(k$school)), cluster = as.character(k$district))
add(mv("konstantopoulos2011 crossed with year", k$yi, k$vi, ones(k), list(~ 1 | district, ~ 1 | study, ~ 1 | year), "REML", NULL, data = k),
    kind = "crossed", groups = list(as.character(k$district), as.character(k$study), as.character(k$year)))

a <- dat.assink2016
for (r in c(0, 0.6)) {
  V <- vcalc(vi, cluster = study, obs = esid, rho = r, data = a)
  add(mv(paste("assink2016, sampling errors correlated by", r), a$yi, V, ones(a), ~ 1 | study/esid, "REML", a$study, data = a, contain = TRUE),
      kind = "nested", groups = list(as.character(a$study), as.character(a$esid)), cluster = as.character(a$study), correlation = r)
  add(mv(paste("assink2016 with moderators, correlated by", r), a$yi, V, model.matrix(~ deltype + year, a), ~ 1 | study/esid, "REML", a$study, data = a, htz = 2:3, profile = r > 0, contain = TRUE),
      kind = "nested", groups = list(as.character(a$study), as.character(a$esid)), cluster = as.character(a$study), correlation = r, joint = c(1, 2))
}

b <- dat.berkey1998
Vb <- vcalc(vi = 1, cluster = author, rvars = c(v1i, v2i), data = b)
Xb <- model.matrix(~ outcome - 1, b)
for (struct in c("UN", "HCS", "CS", "DIAG")) for (method in c("REML", "ML"))
  add(mv(paste("berkey1998", struct), b$yi, Vb, Xb, ~ outcome | trial, method, b$trial, data = b, struct = struct, profile = TRUE),
      kind = "outcomes", groups = list(as.character(b$trial), as.character(b$outcome)), struct = struct, cluster = as.character(b$trial))

i <- reshape(as.data.frame(dat.ishak2007)[, 1:9], direction = "long", idvar = "study", v.names = c("yi", "vi"),
             varying = list(c(2, 4, 6, 8), c(3, 5, 7, 9)))
i <- i[order(i$study, i$time), ]; i <- i[!is.na(i$yi), ]
Vi <- vcalc(vi, cluster = study, obs = time, rho = 0.9, data = i)
Xi <- model.matrix(~ factor(time) - 1, i)
for (struct in c("CS", "HCS", "UN"))
  add(mv(paste("ishak2007", struct), i$yi, Vi, Xi, ~ factor(time) | study, "REML", i$study, data = i, struct = struct, profile = struct == "CS"),
      kind = "outcomes", groups = list(as.character(i$study), as.character(i$time)), struct = struct, cluster = as.character(i$study))
out$dependent <- cases

# ---- Networks ---------------------------------------------------------------------------------------------------------
s <- dat.senn2013
s$vi <- s$sdi^2 / s$ni
wide <- do.call(rbind, lapply(split(s, factor(s$study, unique(s$study))), function(x) {
  base <- x[1, ]
  do.call(rbind, lapply(2:nrow(x), function(j) data.frame(study = base$study, comp = paste(x$treatment[j], base$treatment),
    a = x$treatment[j], b = base$treatment, yi = x$mi[j] - base$mi, vi = x$vi[j] + base$vi, shared = base$vi)))
}))
Vs <- diag(wide$vi)
for (p in seq_len(nrow(wide))) for (q in seq_len(nrow(wide))) if (p != q && wide$study[p] == wide$study[q]) Vs[p, q] <- wide$shared[p]
treatments <- c("placebo", setdiff(unique(c(rbind(wide$b, wide$a))), "placebo"))
Xs <- sapply(treatments[-1], function(t) (wide$a == t) - (wide$b == t))
net <- fitted.finely(wide$yi, Vs, mods = Xs, intercept = FALSE, random = ~ comp | study, rho = 1/2, data = wide)
# Within designs: a common-effect model with contrasts of each design's own.
wide$design <- sapply(wide$study, function(x) paste(sort(unique(s$treatment[s$study == x])), collapse = "+"))
Xw <- do.call(cbind, lapply(unique(wide$design), function(dd) sapply(unique(wide$comp[wide$design == dd]), function(cc) as.numeric(wide$design == dd & wide$comp == cc))))
within <- fitted.finely(wide$yi, Vs, mods = Xw, intercept = FALSE, data = wide)
out$network <- list(arms = data.frame(study = s$study, treatment = s$treatment, value = s$mi, variance = s$vi),
  treatments = treatments, b = num(net$b), se = num(net$se), tau2 = num(net$tau2), q = num(net$QE), qdf = net$k - net$p,
  within = num(within$QE), withinDf = within$k - within$p,
  vb = unname(as.matrix(net$vb)))

# ---- Permutation ------------------------------------------------------------------------------------------------------
d7 <- bcg[c(1:8), ]
d7$random <- as.numeric(d7$alloc == "random")
permute <- function(m) { p <- permutest(m, exact = TRUE, progbar = FALSE); list(p = num(p$pval), qmp = num(p$QMp)) }
out$permutation <- list(y = num(d7$yi), v = num(d7$vi), x = num(d7$ablat), group = d7$random,
  cases = list(
    c(list(model = "mean", method = "REML", test = "z"), permute(rma(yi, vi, data = d7, control = control))),
    c(list(model = "group", method = "DL", test = "z"), permute(rma(yi, vi, mods = ~ random, data = d7, method = "DL"))),
    c(list(model = "group", method = "REML", test = "knha"), permute(rma(yi, vi, mods = ~ random, data = d7, test = "knha", control = control))),
    c(list(model = "x", method = "DL", test = "z"), permute(rma(yi, vi, mods = ~ ablat, data = d7[1:7, ], method = "DL")))))

# ---- Splines ------------------------------------------------------------------------------------------------------------
# R's natural spline spans the same space as a restricted cubic spline of the same knots: fitted values agree.
w <- dat.bangertdrowns2004[!is.na(dat.bangertdrowns2004$length), ]
hk <- as.numeric(quantile(w$length, c(.1, .5, .9)))
ns4 <- function(x) ns(x, knots = hk[2], Boundary.knots = hk[c(1, 3)])
sp <- rma(yi, vi, mods = ~ ns4(length), data = w, control = control)
out$spline <- list(x = num(w$length), y = num(w$yi), v = num(w$vi), knots = hk, tau2 = num(sp$tau2), fitted = num(fitted(sp)),
  se = num(predict(sp)$se), qm = num(sp$QM))

# ---- Dose and response ------------------------------------------------------------------------------------------------
# dat.obrien2003: body mass and pre-eclampsia, cohorts with cases and totals per group; crude log risk ratios.
o <- dat.obrien2003
o <- o[order(o$study, o$grp), ]
lists <- split(o, o$study)
lists <- lists[sapply(lists, function(x) nrow(x) > 2 && all(x$cases > 0))]
contrasts <- lapply(lists, function(x) {
  r <- x[1, ]; z <- x[-1, ]
  S <- matrix(1 / r$cases - 1 / r$total, nrow(z), nrow(z)); diag(S) <- diag(S) + 1 / z$cases - 1 / z$total
  list(study = r$study, reference = r$bmi, dose = z$bmi, y = log(z$cases / z$total) - log(r$cases / r$total), S = S, cases = x$cases, totals = x$total)
})
Vd <- as.matrix(metafor::bldiag(lapply(contrasts, `[[`, "S")))
yd <- unlist(lapply(contrasts, `[[`, "y")); sd <- rep(sapply(contrasts, `[[`, "study"), sapply(contrasts, function(x) length(x$y)))
x1 <- unlist(lapply(contrasts, function(x) x$dose - x$reference)); x2 <- unlist(lapply(contrasts, function(x) x$dose^2 - x$reference^2))
dd <- data.frame(yd, x1, x2, sd)
one <- fitted.finely(yd, Vd, mods = ~ x1 - 1, random = ~ x1 - 1 | sd, struct = "GEN", data = dd)
# Quadratic on a centred scale would be easier on metafor's optimiser; the contrasts are what they are.
quad <- try(fitted.finely(yd, Vd, mods = ~ x1 + x2 - 1, random = ~ x1 - 1 | sd, struct = "GEN", data = dd))
slopes <- lapply(contrasts, function(x) { X <- cbind(x$dose - x$reference); W <- solve(x$S); v <- solve(t(X) %*% W %*% X); c(v %*% t(X) %*% W %*% x$y, v) })
two <- rma(sapply(slopes, `[`, 1), sapply(slopes, `[`, 2), control = control)
# Both coefficients of each study, pooled together.
both <- Filter(function(x) length(x$y) >= 2, contrasts)
co <- lapply(both, function(x) { X <- cbind(x$dose - x$reference, x$dose^2 - x$reference^2); W <- solve(x$S); v <- solve(t(X) %*% W %*% X); list(b = v %*% t(X) %*% W %*% x$y, v = v) })
out$dose <- list(studies = unname(lapply(contrasts, function(x) list(name = as.character(x$study), reference = x$reference, doses = as.list(x$dose), effects = as.list(x$y), covariance = x$S, cases = x$cases, totals = x$totals))),
  oneStage = list(b = num(one$b), se = num(one$se), tau2 = num(one$tau2), ll = num(logLik(one)), q = num(one$QE)),
  twoStage = list(b = num(two$b), se = num(two$se), tau2 = num(two$tau2), q = num(two$QE)),
  twoStageCoefficients = unname(lapply(co, function(x) list(b = num(x$b), v = x$v))))

# Greenland & Longnecker: the example of their paper (alcohol and breast cancer, Rohan & McMichael 1988), cell counts by a
# general optimiser rather than by Newton's method.
gl <- list(cases = c(165, 74, 90, 122), controls = c(172, 93, 96, 90), rr = c(0.80, 1.16, 1.57),
           lower = c(0.51, 0.73, 0.99), upper = c(1.27, 1.85, 2.51), dose = c(2, 6, 11))
gl$n <- gl$cases + gl$controls
L <- log(gl$rr); v <- ((log(gl$upper) - log(gl$lower)) / (2 * qnorm(.975)))^2
solveCounts <- function(type) {
  M <- sum(gl$cases)
  other <- function(a) if (type == "cc") gl$n - a else gl$n
  resid <- function(q) { a <- M * exp(c(0, q)) / sum(exp(c(0, q))); if (any(a >= gl$n)) return(rep(1e3, 3)); o <- other(a); L - (log(a[-1] / o[-1]) - log(a[1] / o[1])) }
  start <- log(gl$cases[-1] / gl$cases[1])
  q <- optim(start, function(q) sum(resid(q)^2), method = "BFGS", control = list(reltol = 1e-16, maxit = 5000))$par
  for (it in 1:30) { J <- sapply(1:3, function(j) { e <- rep(0, 3); e[j] <- 1e-6; (resid(q + e) - resid(q - e)) / 2e-6 }); q <- q - solve(J, resid(q)) }
  a <- M * exp(c(0, q)) / sum(exp(c(0, q)))
  part <- switch(type, cc = 1 / a + 1 / (gl$n - a), ir = 1 / a, ci = 1 / a - 1 / gl$n)
  s <- part[1] + part[-1]
  C <- part[1] / sqrt(outer(s, s)); diag(C) <- 1
  list(type = type, counts = a, covariance = C * sqrt(outer(v, v)))
}
out$greenland <- list(logRisks = L, variances = v, cases = gl$cases, totals = gl$n, doses = gl$dose, designs = lapply(c("cc", "ir", "ci"), solveCounts))

file <- file.path("..", "..", "Tests", "SynthesisTests", "Reference", "synthesis-models.json")
args <- commandArgs(FALSE); here <- dirname(sub("--file=", "", args[grep("--file=", args)]))
write(toJSON(out, digits = 15, auto_unbox = TRUE, null = "null", na = "null", matrix = "rowmajor"), file.path(here, file))
