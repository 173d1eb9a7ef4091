# Writes mice-pooling.json: Rubin's rules for several coefficients by mice and mitml. Run it here:
#
#   apt-get install r-cran-mice r-cran-mitml r-cran-jsonlite && Rscript mice-pooling.R
suppressMessages({ library(mice); library(mitml); library(jsonlite) })
digits <- function(x) signif(as.numeric(x), 12)

cases <- list()
for (m in c(2, 5, 50)) for (spread in c(0.1, 1)) {
  set.seed(m * 100 + round(spread * 100))
  truth <- c(0.4, 0.05, -0.3)
  qhat <- signif(truth + matrix(rnorm(3 * m, 0, spread * c(0.3, 0.03, 0.4)), 3, m), 8)  # p x m
  base <- matrix(c(0.04, -0.002, -0.01, -0.002, 0.0004, 0.0006, -0.01, 0.0006, 0.09), 3, 3)
  uhat <- array(sapply(seq_len(m), function(i) signif(base * runif(1, 0.8, 1.2), 8)), c(3, 3, m))
  scalar <- function(n) lapply(1:3, function(j) {
    p <- pool.scalar(qhat[j, ], uhat[j, j, ], n = n, k = 3)
    digits(c(p$qbar, p$t, p$r, p$fmi, p$df))
  })
  names <- c("a", "b", "c")
  dimnames(qhat) <- list(names, NULL)
  dimnames(uhat) <- list(names, names, NULL)
  d1 <- function(constraints) digits(testConstraints(qhat = qhat, uhat = uhat, constraints = constraints, method = "D1")$test)
  # D2 of the Wald statistics of both slopes.
  wald <- sapply(seq_len(m), function(i) qhat[2:3, i] %*% solve(uhat[2:3, 2:3, i]) %*% qhat[2:3, i])
  d2 <- digits(testConstraints(qhat = qhat, uhat = uhat, constraints = c("b", "c"), method = "D2")$test)
  cases[[length(cases) + 1]] <- list(
    m = m, coefficients = lapply(seq_len(m), function(i) as.numeric(qhat[, i])),
    covariances = lapply(seq_len(m), function(i) as.numeric(uhat[, , i])),
    large = scalar(Inf), small = scalar(22), slopes = d1(c("b", "c")), all = d1(names), contrast = d1("a + 10*b"),
    wald = digits(wald), d2 = d2)
}
writeLines(toJSON(list(
  source = paste0("mice ", packageVersion("mice"), ", mitml ", packageVersion("mitml"), ", R ", getRversion(), ": mice-pooling.R"),
  cases = cases), auto_unbox = TRUE, digits = NA), "mice-pooling.json")
