# Writes Tests/ReportingTests/Outcomes/Reference/outcome-tables.json: tables as write.csv exports them from metadat, and what metafor
# and clubSandwich say of them. Run it here:
#
#   apt-get install r-cran-metafor r-cran-jsonlite r-cran-clubsandwich && Rscript Scripts/reference/outcome_tables.R
suppressMessages({library(metafor); library(clubSandwich); library(jsonlite)})
control <- list(threshold = 1e-13, maxiter = 20000)
csv <- function(d) paste(capture.output(write.csv(as.data.frame(d), row.names = FALSE)), collapse = "\n")
of <- function(m) list(estimate = as.numeric(m$beta)[1], se = m$se[1], low = m$ci.lb[1], high = m$ci.ub[1], p = m$pval[1])
plain <- function(m) c(of(m), list(tau2 = m$tau2, I2 = m$I2, Q = m$QE, Qp = m$QEp))

bcg <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
b <- list(z = plain(rma(yi, vi, data = bcg, control = control)), knha = plain(rma(yi, vi, data = bcg, test = "knha", control = control)),
          DL = plain(rma(yi, vi, data = bcg, method = "DL")))
m <- rma(yi, vi, mods = ~ ablat, data = bcg, control = control)
b$ablat <- list(slope = as.numeric(m$beta)[2], se = m$se[2], tau2 = m$tau2, R2 = m$R2 / 100, QM = m$QM)
g <- rma(yi, vi, mods = ~ alloc - 1, data = bcg, control = control)
b$alloc <- setNames(as.list(as.numeric(g$beta)), sub("alloc", "", rownames(g$beta)))
b$between <- as.numeric(anova(rma(yi, vi, mods = ~ alloc, data = bcg, control = control))$QM)
e <- regtest(rma(yi, vi, data = bcg, control = control))
tf <- trimfill(rma(yi, vi, data = bcg, control = control))
b$egger <- list(z = e$zval, p = e$pval); b$trimfill <- list(k0 = tf$k0, estimate = as.numeric(tf$beta))
l <- leave1out(rma(yi, vi, data = bcg, control = control))
b$leave1out <- as.numeric(l$estimate)

normand <- escalc(measure = "SMD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.normand1999)
n <- list(z = plain(rma(yi, vi, data = normand, control = control)), knha = plain(rma(yi, vi, data = normand, test = "knha", control = control)))

k3 <- rma.mv(yi, vi, random = ~ 1 | district/school, data = dat.konstantopoulos2011)
ct <- coef_test(k3, vcov = "CR2", cluster = dat.konstantopoulos2011$district)
k <- list(z = of(k3), sigma2 = k3$sigma2, cr2 = list(se = ct$SE, df = ct$df_Satt, p = ct$p_Satt), Q = k3$QE)
ky <- rma.mv(yi, vi, mods = ~ I(year - mean(year)), random = ~ 1 | district/school, data = dat.konstantopoulos2011)
cy <- coef_test(ky, vcov = "CR2", cluster = dat.konstantopoulos2011$district)
k$year <- list(slope = as.numeric(ky$beta)[2], se = cy$SE[2], df = cy$df_Satt[2])

molloy <- escalc(measure = "ZCOR", ri = ri, ni = ni, data = dat.molloy2014)
o <- list(z = plain(rma(yi, vi, data = molloy, control = control)), knha = plain(rma(yi, vi, data = molloy, test = "knha", control = control)))

write(toJSON(list(versions = list(R = R.version.string, metafor = as.character(packageVersion("metafor")),
                                  clubSandwich = as.character(packageVersion("clubSandwich"))),
                  bcg = list(csv = csv(dat.bcg), answers = b), normand1999 = list(csv = csv(dat.normand1999), answers = n),
                  konstantopoulos2011 = list(csv = csv(dat.konstantopoulos2011), answers = k),
                  molloy2014 = list(csv = csv(dat.molloy2014), answers = o)),
             digits = 12, auto_unbox = TRUE, pretty = TRUE), "Tests/ReportingTests/Outcomes/Reference/outcome-tables.json")
