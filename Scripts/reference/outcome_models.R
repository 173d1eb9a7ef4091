# Writes Tests/ReportingTests/Outcomes/Reference/outcome-models.json: outcomes together, treatments compared and dose groups, as
# write.csv exports them from metadat, and what metafor and clubSandwich say of them. Run it here:
#
#   apt-get install r-cran-metafor r-cran-jsonlite r-cran-clubsandwich && Rscript Scripts/reference/outcome_models.R
suppressMessages({library(metafor); library(clubSandwich); library(jsonlite)})
csv <- function(d) paste(capture.output(write.csv(as.data.frame(d), row.names = FALSE)), collapse = "\n")
tight <- list(optimizer = "nlminb", rel.tol = 1e-12, iter.max = 2000, eval.max = 4000)

# Two outcomes of five trials; sampling errors correlated by .6, as stated and not as known here.
b <- dat.berkey1998
V <- vcalc(vi, cluster = trial, obs = outcome, rho = 0.6, data = b)
# In the order of the table: PD first.
b$outcome <- factor(b$outcome, levels = c("PD", "AL"))
m <- rma.mv(yi, V, mods = ~ outcome - 1, random = ~ outcome | trial, struct = "HCS", data = b, control = tight)
r <- coef_test(m, vcov = "CR2", cluster = b$trial)
w <- Wald_test(m, constraints = constrain_equal(1:2), vcov = "CR2", cluster = b$trial, test = "HTZ")
together <- list(estimate = as.numeric(m$beta), se = r$SE, df = r$df_Satt, p = r$p_Satt, tau2 = m$tau2, rho = m$rho,
                 F = w$Fstat, df2 = w$df_denom, pEqual = w$p_val, logLik = as.numeric(logLik(m)))

# Arms of trials as contrasts, the first arm minus the second; the redundant one of a trial with three arms is there too.
pairs <- function(s, make) do.call(rbind, lapply(split(s, factor(s$study, unique(s$study))), function(x) {
  p <- t(combn(nrow(x), 2))
  cbind(data.frame(study = x$study[1], arm1 = x$treatment[p[, 1]], arm2 = x$treatment[p[, 2]]), make(x, p[, 1], p[, 2]))
}))
# Of three contrasts of a trial the first two, which share its first arm.
independent <- function(rows) do.call(rbind, lapply(split(rows, factor(rows$study, unique(rows$study))), function(x) if (nrow(x) == 3) x[1:2, ] else x))
# What a contrast and another have in common: 1 an arm on the same side, -1 on different sides.
signs <- function(k) outer(seq_len(nrow(k)), seq_len(nrow(k)), Vectorize(function(i, j)
  if (k$study[i] != k$study[j]) 0 else if (i == j || k$arm1[i] == k$arm1[j] || k$arm2[i] == k$arm2[j]) 1
  else if (k$arm1[i] == k$arm2[j] || k$arm2[i] == k$arm1[j]) -1 else 0))
network <- function(kept, V, reference) {
  names <- unique(c(kept$arm1, kept$arm2))
  X <- sapply(setdiff(names, reference), function(n) (kept$arm1 == n) - (kept$arm2 == n))
  # True effects of contrasts that share an arm are correlated by one half: by a matrix of known form.
  S <- signs(kept) / 2
  diag(S) <- 1
  kept$id <- factor(seq_len(nrow(kept)))
  n <- rma.mv(yi, V, mods = X, intercept = FALSE, random = ~ 1 | id, R = list(id = structure(S, dimnames = list(kept$id, kept$id))),
              Rscale = FALSE, data = kept, control = list(optimizer = "optim", optmethod = "BFGS", reltol = 1e-15, maxit = 5000))
  z <- function(a, b) { k <- rep(0, ncol(X)); names(k) <- colnames(X); if (a != reference) k[a] <- 1; if (b != reference) k[b] <- k[b] - 1
    sum(k * n$beta) / sqrt(c(k %*% n$vb %*% k)) }
  all <- c(reference, colnames(X))
  score <- sapply(all, function(a) mean(sapply(setdiff(all, a), function(b) pnorm(z(a, b)))))
  list(names = colnames(X), estimate = as.numeric(n$beta), se = n$se, tau2 = n$sigma2, pScore = as.list(score))
}
# Covariances of contrasts from those of one half, or from what the arms in common say: shared(i, j).
covariance <- function(k, shared) { S <- signs(k); V <- outer(seq_len(nrow(k)), seq_len(nrow(k)), Vectorize(function(i, j)
  if (i == j) k$vi[i] else if (S[i, j] == 0) 0 else shared(i, j, S[i, j]))); V }
s <- dat.senn2013
s$vi <- s$sdi^2 / s$ni
published <- pairs(s, function(x, a, b) data.frame(yi = x$mi[a] - x$mi[b], vi = x$vi[a] + x$vi[b]))
means <- pairs(s, function(x, a, b) data.frame(m1i = x$mi[a], sd1i = x$sdi[a], n1i = x$ni[a], m2i = x$mi[b], sd2i = x$sdi[b], n2i = x$ni[b]))
kept <- independent(published)
keptMeans <- independent(means)
# Nothing is known of the arms: one half.
half <- network(kept, covariance(kept, function(i, j, sign) sign * 0.5 * sqrt(kept$vi[i] * kept$vi[j])), "placebo")
# The contrasts that are kept share their first arm: its variance is what their errors have in common.
exact <- network(kept, covariance(kept, function(i, j, sign) with(keptMeans[i, ], sd1i^2 / n1i)), "placebo")
# Sizes of the arms alone, as vcalc takes them.
sized <- independent(cbind(published, n1i = means$n1i, n2i = means$n2i))
sizes <- network(sized, vcalc(vi, cluster = study, grp1 = arm1, grp2 = arm2, w1 = n1i, w2 = n2i, data = sized), "placebo")
# Standardised: 1/n of the arm in common and d d'/(2N), N of all arms (Gleser & Olkin 2009).
g <- escalc("SMD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = keptMeans)
N <- tapply(s$ni, s$study, sum)
standardised <- network(g, covariance(g, function(i, j, sign) 1 / g$n1i[i] + g$yi[i] * g$yi[j] / (2 * N[[as.character(g$study[i])]])), "placebo")
# Smoking: counts.
h <- dat.hasselblad1998
h$treatment <- h$trt
counts <- pairs(h, function(x, a, b) data.frame(ai = x$xi[a], n1i = x$ni[a], ci = x$xi[b], n2i = x$ni[b]))
o <- independent(escalc("OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = counts))
odds <- network(o, covariance(o, function(i, j, sign) with(o[i, ], 1 / ai + 1 / (n1i - ai))), "no_contact")

# Women's weight and pre-eclampsia: dose groups within studies.
o <- dat.obrien2003
contrasts <- do.call(rbind, lapply(split(o, o$study), function(x) {
  x <- x[order(x$bmi), ]
  data.frame(study = x$study[-1], d = x$bmi[-1], r = x$bmi[1], yi = log(x$cases[-1] / x$total[-1]) - log(x$cases[1] / x$total[1]),
             own = 1 / x$cases[-1] - 1 / x$total[-1], shared = 1 / x$cases[1] - 1 / x$total[1])
}))
V <- outer(seq_len(nrow(contrasts)), seq_len(nrow(contrasts)), Vectorize(function(i, j)
  if (contrasts$study[i] != contrasts$study[j]) 0 else contrasts$shared[i] + (i == j) * contrasts$own[i]))
line <- rma.mv(yi, V, mods = ~ I(d - r) - 1, random = ~ I(d - r) - 1 | study, struct = "GEN", data = contrasts, control = tight)
contrasts$x1 <- contrasts$d - contrasts$r; contrasts$x2 <- contrasts$d^2 - contrasts$r^2
lineML <- rma.mv(yi, V, mods = ~ x1 - 1, random = ~ x1 - 1 | study, struct = "GEN", data = contrasts, method = "ML",
                 control = list(optimizer = "nlminb", rel.tol = 1e-10))
# One slope and one variance: metafor's AIC of struct GEN counts a correlation that one column does not have.
dose <- list(slope = as.numeric(line$beta), se = line$se, p = line$pval, tau2 = line$tau2, aicML = -2 * as.numeric(logLik(lineML)) + 2 * 2, contrasts = nrow(contrasts))

write(toJSON(list(versions = list(R = R.version.string, metafor = as.character(packageVersion("metafor")),
                                  clubSandwich = as.character(packageVersion("clubSandwich"))),
                  berkey1998 = list(csv = csv(dat.berkey1998), answers = together),
                  senn2013 = list(csv = csv(published), answers = exact),
                  senn2013half = list(csv = csv(kept), answers = half), senn2013sizes = list(csv = csv(sized), answers = sizes),
                  senn2013means = list(csv = csv(means), answers = exact), senn2013smd = list(csv = csv(means), answers = standardised),
                  hasselblad1998 = list(csv = csv(counts), answers = odds), obrien2003 = list(csv = csv(o), answers = dose)),
             digits = 12, auto_unbox = TRUE, pretty = TRUE), "Tests/ReportingTests/Outcomes/Reference/outcome-models.json")
