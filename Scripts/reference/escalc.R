# Effects and sampling variances of metafor's escalc for Tests/SynthesisTests/Reference/escalc.json.
#
#   Rscript Scripts/reference/escalc.R > Tests/SynthesisTests/Reference/escalc.json
#
# Each case has the numbers of one row by the names of Docs/outcomes-table.md, the measure that is asked for, and what metafor
# answers. What metafor 3.8-1 does not have (d_ppc2, moments from quantiles) is computed here from the published formulas, in R
# and by other means than the program's: optimize and integrate of base R.
suppressMessages({library(metafor); library(jsonlite)})

cases <- list()
add <- function(measure, numbers, result, source, settings = list()) {
   if (any(is.na(c(result$yi, result$vi)))) return(invisible())
   cases[[length(cases) + 1]] <<- list(measure = measure, source = source, settings = settings, numbers = numbers,
                                       yi = as.numeric(result$yi), vi = as.numeric(result$vi))
}
do <- function(measure, ...) escalc(measure = measure, ...)
plain <- function(measure, numbers, settings = list(), as = measure)
   add(measure, numbers, do.call(escalc, c(list(measure = as), numbers)), paste0("escalc ", as), settings)

# Two groups: small, large, unbalanced, unequal SDs, no difference, opposite sign.
groups <- list(
   c(10.2, 2.1, 10, 8.7, 1.9, 12), c(17.5, 12.6, 40, 17.5, 12.4, 35), c(3.8, 3.3, 13, 5.5, 2.7, 15),
   c(55, 47, 155, 75, 64, 156), c(27, 7, 31, 29, 4, 32), c(1447.0, 131.7, 62, 1479.4, 131.7, 56),
   c(2, 0.9, 12, 1.4, 1.3, 90), c(1, 0.7, 5, 0.1, 1.5, 400), c(3, 1, 25, 0.5, 1.1, 25), c(1, 0.3, 30, 0.5, 2.5, 30),
   c(0.5, 1, 2, 0.2, 1, 2), c(1564110, 124819.8, 1000, 1591861, 124825.2, 1500))
for (g in groups) {
   numbers <- setNames(as.list(g), c("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"))
   for (measure in c("MD", "SMD", "SMDH", "ROM", "CVR", "RPB")) plain(measure, numbers)
   plain("VR", numbers[c("sd1i", "n1i", "sd2i", "n2i")])
   plain("OR", numbers, as = "D2ORL")
   add("OR", numbers, do.call(escalc, c(list(measure = "D2ORN"), numbers)), "escalc D2ORN", list(odds = "cox"))
   # Standard errors of the means in place of SDs.
   se <- numbers; se$se1i <- se$sd1i/sqrt(se$n1i); se$se2i <- se$sd2i/sqrt(se$n2i); se$sd1i <- NULL; se$sd2i <- NULL
   add("SMD", se, do.call(escalc, c(list(measure = "SMD"), numbers)), "escalc SMD, SD from SE")
   # Test statistics.
   n1 <- g[3]; n2 <- g[6]
   sp <- sqrt(((n1 - 1)*g[2]^2 + (n2 - 1)*g[5]^2)/(n1 + n2 - 2))
   d <- (g[1] - g[4])/sp
   t <- d/sqrt(1/n1 + 1/n2)
   sizes <- list(n1i = n1, n2i = n2)
   add("SMD", c(list(ti = t), sizes), escalc("SMD", ti = t, n1i = n1, n2i = n2), "escalc SMD ti")
   add("SMD", c(list(d = d), sizes), escalc("SMD", di = d, n1i = n1, n2i = n2), "escalc SMD di")
   add("SMD", c(list(fi = t^2), sizes), escalc("SMD", ti = abs(t), n1i = n1, n2i = n2), "escalc SMD ti = sqrt F")
   p <- 2*pt(-abs(t), n1 + n2 - 2)
   if (p > 1e-12 && p < 1)
      add("SMD", c(list(pi = sign(t)*p), sizes), escalc("SMD", ti = t, n1i = n1, n2i = n2), "escalc SMD, t of p")
   r <- escalc("RPB", m1i = g[1], sd1i = g[2], n1i = n1, m2i = g[4], sd2i = g[5], n2i = n2)$yi
   add("SMD", c(list(ri = as.numeric(r)), sizes), escalc("SMD", di = d, n1i = n1, n2i = n2), "escalc SMD of RPB")
}

# Before and after: the mean after is m1i, the one before m2i, the SD before sd1i.
changes <- list(
   c(30.6, 38.5, 15.0, 11.6, 20, 0.47), c(23.5, 26.8, 3.1, 4.1, 50, 0.64), c(0.5, 0.7, 0.1, 0.1, 9, 0.77),
   c(53.4, 75.9, 14.5, 4.4, 10, 0.89), c(35.6, 36.0, 4.7, 4.6, 14, 0.44), c(10, 10, 3, 3.5, 25, -0.3),
   c(22.1, 14.0, 6, 8, 300, 0.5))
for (x in changes) {
   numbers <- setNames(as.list(x), c("mpre", "mpost", "sdpre", "sdpost", "ni", "ri"))
   for (measure in c("MC", "SMCC", "SMCR", "SMCRH"))
      add(measure, numbers, escalc(measure, m1i = x[2], m2i = x[1], sd1i = x[3], sd2i = x[4], ni = x[5], ri = x[6]),
          paste("escalc", measure))
   sd <- sqrt(x[3]^2 + x[4]^2 - 2*x[6]*x[3]*x[4])
   # The SD of the change in place of the correlation.
   told <- c(numbers[c("mpre", "mpost", "sdpre", "sdpost", "ni")], list(sdchange = sd))
   add("SMCR", told, escalc("SMCR", m1i = x[2], m2i = x[1], sd1i = x[3], ni = x[5], ri = x[6]), "escalc SMCR, r of SDs")
   add("SMCC", list(mchange = x[2] - x[1], sdchange = sd, ni = x[5]),
       escalc("SMCC", m1i = x[2], m2i = x[1], sd1i = x[3], sd2i = x[4], ni = x[5], ri = x[6]), "escalc SMCC, SD of change")
   add("SMCC", list(ti = (x[2] - x[1])/(sd/sqrt(x[5])), ni = x[5]),
       escalc("SMCC", m1i = x[2], m2i = x[1], sd1i = x[3], sd2i = x[4], ni = x[5], ri = x[6]), "escalc SMCC, paired t")
}

# d_ppc2 of Morris (2008): five studies with a treated and a control group.
treated <- list(mpre = c(30.6, 23.5, 0.5, 53.4, 35.6), mpost = c(38.5, 26.8, 0.7, 75.9, 36.0),
                sdpre = c(15.0, 3.1, 0.1, 14.5, 4.7), n = c(20, 50, 9, 10, 14), r = c(.47, .64, .77, .89, .44))
control <- list(mpre = c(23.1, 24.9, 0.6, 55.7, 34.8), mpost = c(19.7, 25.3, 0.6, 60.7, 33.4),
                sdpre = c(13.8, 4.1, 0.2, 17.3, 3.1), n = c(20, 42, 9, 11, 14), r = c(.47, .64, .77, .89, .44))
for (i in 1:5) {
   n1 <- treated$n[i]; n2 <- control$n[i]
   sp <- sqrt(((n1 - 1)*treated$sdpre[i]^2 + (n2 - 1)*control$sdpre[i]^2)/(n1 + n2 - 2))
   J <- metafor:::.cmicalc(n1 + n2 - 2)
   yi <- J*((treated$mpost[i] - treated$mpre[i]) - (control$mpost[i] - control$mpre[i]))/sp
   vi <- 2*(1 - treated$r[i])/n1 + 2*(1 - control$r[i])/n2 + yi^2/(2*(n1 + n2))
   add("PPC", list(mpre1i = treated$mpre[i], mpost1i = treated$mpost[i], sdpre1i = treated$sdpre[i], n1i = n1,
                   r1i = treated$r[i], mpre2i = control$mpre[i], mpost2i = control$mpost[i],
                   sdpre2i = control$sdpre[i], n2i = n2, r2i = control$r[i]),
       list(yi = yi, vi = vi), "Morris (2008) d_ppc2")
}

# Correlations.
for (x in list(c(0.187, 109), c(0.162, 749), c(0.34, 55), c(-0.4, 12), c(0.95, 5), c(0, 40), c(-0.9, 30), c(0.99, 25)))
   for (measure in c("COR", "ZCOR")) plain(measure, list(ri = x[1], ni = x[2]))
for (x in list(c(3.1, 120, 2), c(-1.2, 40, 5), c(0, 30, 1), c(8, 25, 3)))
   for (measure in c("PCOR", "ZPCOR"))
      add(measure, list(ti = x[1], ni = x[2], mi = x[3]), escalc(measure, ti = x[1], ni = x[2], mi = x[3]),
          paste("escalc", measure))

# Counts, with zeros.
for (x in list(c(4, 119, 11, 128), c(6, 300, 29, 274), c(62, 13536, 248, 12619), c(0, 10, 3, 7), c(5, 0, 2, 8),
               c(0, 12, 0, 11), c(3, 7, 10, 0), c(0, 20, 15, 0))) {
   cells <- setNames(as.list(x), c("ai", "bi", "ci", "di"))
   for (measure in c("OR", "RR", "RD")) plain(measure, cells)
   plain("SMD", cells, as = "OR2DL")
   add("SMD", cells, do.call(escalc, c(list(measure = "OR2DN"), cells)), "escalc OR2DN", list(odds = "cox"))
   add("RR", list(ai = x[1], total1i = x[1] + x[2], ci = x[3], total2i = x[3] + x[4]),
       do.call(escalc, c(list(measure = "RR"), cells)), "escalc RR, events of totals")
}
for (x in list(c(4, 20), c(0, 12), c(9, 9), c(130, 1000)))
   for (measure in c("PLO", "PR")) plain(measure, list(xi = x[1], ni = x[2]))

# Published effects with the interval.
z <- qnorm(.975)
for (x in list(c(-0.26, -0.9, 0.37), c(3.39, 2.78, 4)))
   add("SMD", list(g = x[1], ci.lb = x[2], ci.ub = x[3]), list(yi = x[1], vi = ((x[3] - x[2])/(2*z))^2), "width of interval")
for (x in list(c(0.41, 0.13, 1.26), c(1.8, 1.1, 2.95)))
   add("OR", list(or = x[1], ci.lb = x[2], ci.ub = x[3]), list(yi = log(x[1]), vi = (log(x[3]/x[2])/(2*z))^2),
       "width of the interval of a ratio")

# Means and SDs from quantiles.
wan <- function(a, q1, q3, b, n) {
   eta <- 2*qnorm((0.75*n - 0.125)/(n + 0.25)); xi <- 2*qnorm((n - 0.375)/(n + 0.25))
   if (is.na(a)) (q3 - q1)/eta else if (is.na(q1)) (b - a)/xi else ((b - a)/xi + (q3 - q1)/eta)/2
}
luo <- function(a, q1, m, q3, b, n) {
   if (is.na(a)) { w <- 0.7 + 0.39/n; w*(q1 + q3)/2 + (1 - w)*m }
   else if (is.na(q1)) { w <- 4/(4 + n^0.75); w*(a + b)/2 + (1 - w)*m }
   else { u <- 2.2/(2.2 + n^0.75); v <- 0.7 - 0.72/n^0.55; u*(a + b)/2 + v*(q1 + q3)/2 + (1 - u - v)*m }
}
boxcox <- function(a, q1, m, q3, b, n) {
   f <- function(x, l) if (abs(l) < 1e-8) log(x/m) else ((x/m)^l - 1)/l
   loss <- function(l) sum(c(f(q1, l) + f(q3, l), f(a, l) + f(b, l))^2, na.rm = TRUE)
   grid <- seq(0, 5, 0.05); start <- grid[which.min(sapply(grid, loss))]
   l <- optimize(loss, c(max(0, start - 0.05), min(5, start + 0.05)), tol = 1e-12)$minimum
   if (loss(0) <= loss(l)) l <- 0
   mu <- luo(f(a, l), f(q1, l), 0, f(q3, l), f(b, l), n); s <- wan(f(a, l), f(q1, l), f(q3, l), f(b, l), n)
   if (l == 0) return(list(mean = m*exp(mu + s^2/2), sd = m*exp(mu + s^2/2)*sqrt(expm1(s^2)), lambda = 0))
   lo <- max(mu - 9*s, -1/l); hi <- mu + 9*s
   I <- function(g) integrate(function(z) g(z)*dnorm(z, mu, s), lo, hi, rel.tol = 1e-12, subdivisions = 2000)$value
   mass <- I(function(z) 1 + 0*z); x <- function(z) pmax(1 + l*z, 0)^(1/l)
   e1 <- I(x)/mass; e2 <- I(function(z) x(z)^2)/mass
   list(mean = m*e1, sd = m*sqrt(e2 - e1^2), lambda = l)
}
quantiles <- list()
for (x in list(c(NA, 4, 7, 12, NA, 41), c(2, NA, 6, NA, 30, 25), c(1, 3, 5, 9, 22, 60), c(NA, 10, 20, 31, NA, 150),
               c(0.5, 2, 3.1, 4, 6, 18), c(NA, 40, 55, 62, NA, 33))) {
   bc <- boxcox(x[1], x[2], x[3], x[4], x[5], x[6])
   quantiles[[length(quantiles) + 1]] <- list(
      min = x[1], q1 = x[2], median = x[3], q3 = x[4], max = x[5], n = x[6],
      mean = luo(x[1], x[2], x[3], x[4], x[5], x[6]), sd = wan(x[1], x[2], x[4], x[5], x[6]),
      boxcox_mean = bc$mean, boxcox_sd = bc$sd, lambda = bc$lambda)
}

# Data sets as R writes them, and what metafor makes of them.
sets <- list(
   list(name = "dat.bcg", measure = "RR", frame = escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)),
   list(name = "dat.normand1999", measure = "MD",
        frame = escalc("MD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.normand1999)),
   list(name = "dat.konstantopoulos2011", measure = "GEN", frame = dat.konstantopoulos2011),
   list(name = "dat.molloy2014", measure = "ZCOR", frame = escalc("ZCOR", ri = ri, ni = ni, data = dat.molloy2014)))
csv <- function(name) paste(capture.output(write.csv(get(name))), collapse = "\n")
sets <- lapply(sets, function(s) list(name = s$name, measure = s$measure, csv = csv(s$name),
                                      yi = as.numeric(s$frame$yi), vi = as.numeric(s$frame$vi)))

cat(toJSON(list(metafor = as.character(packageVersion("metafor")), metadat = as.character(packageVersion("metadat")),
                R = R.version.string, cases = cases, quantiles = quantiles, sets = sets),
           auto_unbox = TRUE, digits = 16, na = "null", pretty = 1))
