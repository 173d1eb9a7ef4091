skip_if_not_installed("metafor")
project <- small_project()
effects <- quietly(cuneus_effects(project, at = c(-42, 26, 0), method = "sdm-psi", set = quick, threads = 1))

test_that("effects are what metafor's escalc gives", {
  reference <- metafor::escalc("SMD", m1i = c(1, 2), sd1i = c(1, 1), n1i = c(9, 9), m2i = c(0, 0), sd2i = c(1, 1), n2i = c(9, 9),
                               slab = c("a", "b"))
  expect_equal(class(effects), class(reference))
  expect_equal(names(attributes(effects$yi)), names(attributes(reference$yi)))
  for (name in c("digits", "yi.names", "vi.names")) expect_equal(attr(effects, name), attr(reference, name))
  expect_equal(attr(effects$yi, "slab"), sprintf("study%02d", 0:11))
  expect_equal(attr(effects$yi, "ni"), 18:29)
  fit <- metafor::rma(yi, vi, data = effects)
  expect_equal(fit$slab, sprintf("study%02d", 0:11))
  expect_equal(fit$k, 12)
})

test_that("effects and variances are Rubin's over the imputations, to 1e-8", {
  imputations <- attr(effects, "imputations")
  for (row in c(1, 7, 12)) {
    own <- imputations[imputations$experiment == effects$experiment[row], ]
    expect_equal(nrow(own), 6)
    mean <- sum(own$effect) / 6
    between <- sum((own$effect - mean)^2) / 5
    expect_lt(abs(effects$yi[row] - mean), 1e-8)
    expect_lt(abs(effects$vi[row] - (sum(own$variance) / 6 + (1 + 1 / 6) * between)), 1e-8)
  }
})

test_that("they are those of the program's table, to its four decimals", {
  out <- tempfile()
  system2(cuneus_program(), c("extract", shQuote(project), "--at=-42,26,0", "--method", "sdm-psi", "--set", "voxel_size=6",
                              "--set", "imputations=6", "--output", shQuote(out)), stdout = FALSE, stderr = FALSE)
  table <- read.delim(file.path(out, "experiments.tsv"))
  expect_lt(max(abs(table$effect - effects$yi)), 5.1e-5)
  expect_lt(max(abs(table$se - sqrt(effects$vi))), 5.1e-5)
})

test_that("metafor in each imputation gives the program's pooled effect", {
  pooled <- attr(effects, "pooled")
  own <- cuneus_rma(effects)
  expect_lt(abs(own$estimate - pooled$g), 5.1e-5)
  expect_lt(abs(own$se - pooled$se), 5.1e-5)
  expect_lt(abs(own$tau2 - pooled$tau2), 5.1e-5)
  expect_lt(abs(own$ci.lb - pooled$ci_low), 1e-4)
  # And not so by one fit to the means, which is why there is a function for it.
  expect_equal(rownames(cuneus_rma(effects, mods = ~ n1)), c("intrcpt", "n1"))
})

test_that("a run may be given in place of its input and options", {
  run <- quietly(cuneus_run(project, method = "sdm-psi", set = quick, threads = 1, arguments = c("--lean", "--no-viewer")))
  again <- quietly(cuneus_effects(run, at = c(-42, 26, 0)))
  expect_equal(again$yi, effects$yi)
})

test_that("several places are told apart, and one outside is a warning", {
  expect_warning(
    both <- cuneus_effects(project, at = list(c(-42, 26, 0), c(90, 90, 90), c(40, -70, 40)), method = "sdm-psi", set = quick),
    "90,90,90")
  expect_equal(length(unique(both$place)), 2)
  expect_equal(anyDuplicated(attr(both$yi, "slab")), 0)
  expect_error(cuneus_rma(both), "several places")
  expect_error(cuneus_forest(both), "one place")
  expect_error(cuneus_effects(project, at = c(90, 90, 90), method = "sdm-psi", set = quick), class = "cuneus_input_error")
  expect_error(cuneus_effects(project, at = c(1, 2)), "coordinate")
  expect_error(cuneus_effects(project), "Say where")
})

# What a reader of the plot sees, from the text in the PDF: the interval that stands at the height of each label.
drawn_text <- function(draw) {
  file <- tempfile(fileext = ".pdf")
  grDevices::pdf(file, compress = FALSE, useKerning = FALSE, width = 14, height = 10)
  value <- draw()
  grDevices::dev.off()
  lines <- grep("Tm \\(.*\\) Tj$", readLines(file, encoding = "latin1", warn = FALSE), value = TRUE, useBytes = TRUE)
  height <- sub("^.* ([0-9.]+) Tm \\(.*$", "\\1", lines)
  text <- gsub("\\\\([()])", "\\1", sub("^.* Tm \\((.*)\\) Tj$", "\\1", lines))
  interval <- grepl("^ *-?[0-9.]+ *\\[ *-?[0-9.]+, *-?[0-9.]+ *\\]$", text)
  numbers <- t(vapply(regmatches(text[interval], gregexpr("-?[0-9]+\\.[0-9]+", text[interval])), as.numeric, numeric(3)))
  label <- text[!interval][match(height[interval], height[!interval])]
  list(numbers = numbers[match(value$slab, label), , drop = FALSE], count = sum(interval), value = value)
}

test_that("the forest plot shows the program's numbers, to 1e-8", {
  plot <- drawn_text(function() cuneus_forest(effects, digits = 9))
  value <- plot$value
  expect_equal(nrow(value), 13)
  expect_equal(plot$count, 13)
  pooled <- attr(effects, "pooled")
  half <- stats::qnorm(0.975) * sqrt(effects$vi)
  told <- rbind(cbind(effects$yi, effects$yi - half, effects$yi + half), c(pooled$g, pooled$ci_low, pooled$ci_high))
  expect_lt(max(abs(plot$numbers - told)), 1e-8)
  expect_lt(max(abs(as.matrix(value[, c("estimate", "ci.lb", "ci.ub")]) - told)), 1e-8)
})

test_that("pooling is metafor's, to 1e-8", {
  data <- metadat::dat.bcg
  full <- metafor::escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = data)
  for (estimator in c("DL", "HE", "REML")) {
    pooled <- quietly(cuneus_pool(data, measure = "RR", estimator = estimator, test = "z"))
    fit <- metafor::rma(yi, vi, data = full, method = estimator, control = list(threshold = 1e-13, maxiter = 10000))
    expect_lt(abs(pooled$outcomes$estimate - drop(fit$beta)), 1e-8)
    expect_lt(abs(pooled$outcomes$standardError - fit$se), 1e-8)
    expect_lt(abs(pooled$outcomes$tau2 - fit$tau2), 1e-8)
    # The effects are printed with eight digits.
    expect_lt(max(abs(pooled$effects[[1]]$yi / full$yi - 1)), 5.1e-8)
    expect_lt(max(abs(pooled$effects[[1]]$vi / full$vi - 1)), 5.1e-8)
  }
})

test_that("the forest plot of pooled results shows the program's numbers, to 1e-8", {
  pooled <- quietly(cuneus_pool(metadat::dat.bcg, measure = "RR"))
  plot <- drawn_text(function() cuneus_forest(pooled, digits = 9))
  table <- read.delim(file.path(pooled$folder, "outcomes/table/effects.tsv"), quote = "")
  row <- pooled$outcomes
  told <- rbind(cbind(table$yi, table$yi - stats::qnorm(0.975) * sqrt(table$vi), table$yi + stats::qnorm(0.975) * sqrt(table$vi)),
                c(row$estimate, row$low, row$high))
  expect_equal(plot$count, 14)
  expect_lt(max(abs(plot$numbers - told)), 1e-8)
})

test_that("the printed answer is the program's", {
  pooled <- quietly(cuneus_pool(metadat::dat.bcg, measure = "RR"))
  expect_output(print(pooled), "13 studies")
  wrong <- metadat::dat.bcg
  wrong$tpos[1] <- -4
  expect_error(cuneus_pool(wrong, measure = "RR"), "negative|below|-4", class = "cuneus_input_error")
  kept <- quietly(cuneus_pool(wrong, measure = "RR", leave_out = TRUE))
  expect_equal(kept$outcomes$effects, 12)
})
