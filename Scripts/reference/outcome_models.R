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

# Arms of trials as contrasts, the first arm minus the second; the redundant one of the trial with three arms is there too.
s <- dat.senn2013
s$vi <- s$sdi^2 / s$ni
rows <- do.call(rbind, lapply(split(s, factor(s$study, unique(s$study))), function(x) {
  p <- t(combn(nrow(x), 2))
  data.frame(study = x$study[1], arm1 = x$treatment[p[, 1]], arm2 = x$treatment[p[, 2]],
             yi = x$mi[p[, 1]] - x$mi[p[, 2]], vi = x$vi[p[, 1]] + x$vi[p[, 2]])
}))
kept <- do.call(rbind, lapply(split(rows, factor(rows$study, unique(rows$study))), function(x) if (nrow(x) == 3) x[1:2, ] else x))
names <- unique(c(kept$arm1, kept$arm2))
X <- sapply(setdiff(names, "placebo"), function(n) (kept$arm1 == n) - (kept$arm2 == n))
sign <- function(i, j) if (kept$study[i] != kept$study[j]) 0 else if (kept$arm1[i] == kept$arm1[j] || kept$arm2[i] == kept$arm2[j]) 1 else if (kept$arm1[i] == kept$arm2[j] || kept$arm2[i] == kept$arm1[j]) -1 else 0
S <- outer(seq_len(nrow(kept)), seq_len(nrow(kept)), Vectorize(function(i, j) if (i == j) 1 else sign(i, j) / 2))
V <- S * sqrt(outer(kept$vi, kept$vi))
# True effects of contrasts have the same correlations: by a matrix of known form.
kept$id <- factor(seq_len(nrow(kept)))
n <- rma.mv(yi, V, mods = X, intercept = FALSE, random = ~ 1 | id, R = list(id = structure(S, dimnames = list(kept$id, kept$id))),
            Rscale = FALSE, data = kept, control = tight)
z <- function(a, b) { k <- rep(0, ncol(X)); names(k) <- colnames(X); if (a != "placebo") k[a] <- 1; if (b != "placebo") k[b] <- k[b] - 1
  sum(k * n$beta) / sqrt(c(k %*% n$vb %*% k)) }
all <- c("placebo", colnames(X))
score <- sapply(all, function(a) mean(sapply(setdiff(all, a), function(b) pnorm(z(a, b)))))
network <- list(names = colnames(X), estimate = as.numeric(n$beta), se = n$se, tau2 = n$sigma2, pScore = as.list(score))

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
lineML <- rma.mv(yi, V, mods = ~ x1 - 1, random = ~ x1 - 1 | study, struct = "GEN", data = contrasts, method = "ML", control = tight)
# One slope and one variance: metafor's AIC of struct GEN counts a correlation that one column does not have.
dose <- list(slope = as.numeric(line$beta), se = line$se, p = line$pval, tau2 = line$tau2, aicML = -2 * as.numeric(logLik(lineML)) + 2 * 2, contrasts = nrow(contrasts))

write(toJSON(list(versions = list(R = R.version.string, metafor = as.character(packageVersion("metafor")),
                                  clubSandwich = as.character(packageVersion("clubSandwich"))),
                  berkey1998 = list(csv = csv(dat.berkey1998), answers = together),
                  senn2013 = list(csv = csv(rows), answers = network), obrien2003 = list(csv = csv(o), answers = dose)),
             digits = 12, auto_unbox = TRUE, pretty = TRUE), "Tests/ReportingTests/Outcomes/Reference/outcome-models.json")
