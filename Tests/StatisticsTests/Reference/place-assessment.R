# Reference values for PlaceAssessment: every step per imputation by metafor, pooled by Rubin's rules here.
# Rscript place-assessment.R > place-assessment.json        (Debian: r-cran-metafor, r-cran-jsonlite)
suppressMessages({library(metafor); library(jsonlite)})
options(digits = 17)

# Nine studies, four imputations; the first four were reported and do not vary.
n1 <- c(24, 18, 40, 15, 30, 22, 60, 12, 28)
n2 <- c(0, 0, 38, 0, 30, 0, 55, 14, 0)
shift <- c(0, 0, 0, 0, 2, 1, 2, -1, 1)
base <- c(0.71, 0.55, 0.36, 1.24, 0.21, 0.28, 0.05, -0.46, 0.33)
step <- c(0, 0.11, -0.07, 0.05)
J <- function(df) exp(lgamma(df / 2) - lgamma((df - 1) / 2)) / sqrt(df / 2)
df <- ifelse(n2 > 0, n1 + n2 - 2, n1 - 1)
c0 <- ifelse(n2 > 0, 1 / n1 + 1 / pmax(n2, 1), 1 / n1)
y <- sapply(step, function(s) base + s * shift)
v <- apply(y, 2, function(g) c0 + (1 - (df - 2) / (df * J(df)^2)) * g^2)
weeks <- c(8, 12, 16, 6, 20, 12, 24, 10, 14)
m <- ncol(y); S <- nrow(y)
ctl <- list(stepadj = 0.5, maxiter = 10000, threshold = 1e-13)

rubin <- function(b, var) { q <- mean(b); B <- var(b); c(q, sqrt(mean(var) + (1 + 1/m) * B)) }
gamma <- function(b, var) {
  W <- mean(var); B <- var(b); r <- (1 + 1/m) * B / W; l <- (1 + 1/m) * B / (W + (1 + 1/m) * B)
  nu <- (m - 1) / l^2
  (r + 2 / (nu + 3)) / (1 + r)
}
fit <- function(y, v, X, method) suppressWarnings(rma(y, v, mods = X, intercept = FALSE, method = method, control = ctl))
case <- function(method, mods) {
  X <- if (is.null(mods)) matrix(1, S, 1) else cbind(1, mods)
  fits <- lapply(1:m, function(k) fit(y[, k], v[, k], X, method))
  row <- if (is.null(mods)) 1 else c(1, mean(weeks))
  b <- sapply(fits, function(f) sum(row * coef(f)))
  var <- sapply(fits, function(f) c(t(row) %*% vcov(f) %*% row))
  est <- rubin(b, var)
  tau2 <- mean(sqrt(sapply(fits, `[[`, "tau2")))^2
  I2 <- mean(sqrt(sapply(fits, `[[`, "I2") / 100))^2
  p <- length(row)
  pi <- est[1] + c(-1, 1) * qt(.975, S - p - 1) * sqrt(est[2]^2 + tau2)
  egger <- lapply(1:m, function(k) fit(y[, k], v[, k], cbind(X, sqrt(v[, k])), "REML"))
  slope <- rubin(sapply(egger, function(f) tail(coef(f), 1)), sapply(egger, function(f) tail(diag(vcov(f)), 1)))
  wls <- function(power) {
    f <- lapply(1:m, function(k) {
      d <- data.frame(y = y[, k], s = sqrt(v[, k])^power, weeks = weeks, w = 1 / v[, k])
      if (is.null(mods)) lm(y ~ s, d, weights = w) else lm(y ~ weeks + s, d, weights = w)
    })
    r <- if (is.null(mods)) c(1, 0) else c(1, mean(weeks), 0)
    rubin(sapply(f, function(g) sum(r * coef(g))), sapply(f, function(g) c(t(r) %*% vcov(g) %*% r)))
  }
  theta <- c(X %*% rowMeans(matrix(sapply(fits, coef), ncol = m)))
  crit <- qt(.975, df)
  power <- sapply(1:m, function(k) {
    d <- theta / sqrt(v[, k]); pt(crit, df, d, lower.tail = FALSE) + pt(-crit, df, d)
  })
  E <- mean(colSums(power)); O <- mean(colSums(abs(y / sqrt(v)) >= crit))
  without <- t(sapply(1:S, function(i) {
    f <- lapply(1:m, function(k) fit(y[-i, k], v[-i, k], X[-i, , drop = FALSE], method))
    rubin(sapply(f, function(g) sum(row * coef(g))), sapply(f, function(g) c(t(row) %*% vcov(g) %*% row)))
  }))
  study <- t(sapply(1:S, function(i) rubin(y[i, ], v[i, ])))
  inf <- influence(fit(study[, 1], study[, 2]^2, X, method))
  list(method = method, covariate = !is.null(mods), estimate = est, tau2 = tau2, i2 = I2, prediction = pi,
       missing = gamma(b, var), egger = slope, pet = wls(1), peese = wls(2), expected = E, observed = O,
       excessP = pbinom(ceiling(O) - 1, S, E / S, lower.tail = FALSE), without = without, studies = study,
       weights = rowMeans(sapply(1:m, function(k) { w <- 1 / (v[, k] + fits[[k]]$tau2); w / sum(w) })),
       cook = inf$inf$cook.d, hat = inf$inf$hat)
}
cases <- list(case("DL", NULL), case("REML", NULL), case("DL", weeks), case("REML", weeks))
cat(toJSON(list(
  program = paste("metafor", packageVersion("metafor"), R.version.string), script = "place-assessment.R",
  n1 = n1, n2 = n2, weeks = weeks, effects = y, variances = v, cases = cases
), auto_unbox = TRUE, digits = 17, pretty = TRUE))
