# Effects of experiments as data for metafor.

cuneus_effects <- function(project, at, radius = NULL, region = NULL, method = NULL, model = NULL, filter = NULL,
                           sign = NULL, space = NULL, set = list(), threads = NULL, arguments = character(),
                           quiet = TRUE) {
  at <- if (missing(at)) list() else if (is.list(at)) at else list(at)
  if (!all(vapply(at, function(place) is.numeric(place) && length(place) == 3L, TRUE))) {
    stop("'at' is a coordinate c(x, y, z) in mm (MNI), or a list of them.", call. = FALSE)
  }
  if (!length(at) && is.null(region)) stop("Say where: 'at' or 'region'.", call. = FALSE)
  given <- if (inherits(project, "cuneus_run")) arguments_of(project) else project
  out <- tempfile("cuneus-places-")
  on.exit(unlink(out, recursive = TRUE))
  places <- vapply(at, function(place) paste(vapply(place, word, ""), collapse = ","), "")
  given <- c("extract", given, analysis_options(method, model, filter, NULL, NULL, sign, space, set, threads),
             arguments, options_of(list(at = if (length(places)) places, radius = radius, region = region)),
             "--output", out)
  said <- invoke(given, quiet = quiet, accepts = c(0L, 2L))
  if (!file.exists(file.path(out, "places.tsv"))) fail(said$status, said$said, given)
  outside <- problems_of(said$said)
  outside <- outside[outside$severity == "error", , drop = FALSE]
  if (nrow(outside)) warning(paste(outside$message, collapse = "\n"), call. = FALSE)

  pooled <- read_table(file.path(out, "places.tsv"))
  experiments <- read_table(file.path(out, "experiments.tsv"))
  imputations <- read_table(file.path(out, "imputations.tsv"))
  # The table of experiments has four decimals; the imputations it is made from have seven digits.
  key <- function(table) paste(table$model, table$place, table$experiment, sep = "\r")
  groups <- split(imputations, factor(key(imputations), levels = key(experiments)))
  rubin <- vapply(groups, function(group) {
    m <- nrow(group)
    c(mean(group$effect), mean(group$variance) + (if (m > 1L) (1 + 1 / m) * var(group$effect) else 0))
  }, numeric(2))
  experiments$effect <- experiments$se <- experiments$ci_low <- experiments$ci_high <- NULL
  # Several models or places in one: labels must tell rows apart.
  slab <- experiments$experiment
  if (length(unique(experiments$model)) > 1L) slab <- paste(experiments$model, slab, sep = ": ")
  if (length(unique(experiments$place)) > 1L) slab <- paste(experiments$place, slab, sep = ": ")
  found <- as_escalc(experiments, unname(rubin[1, ]), unname(rubin[2, ]), measure = "GEN",
                     ni = experiments$n1 + experiments$n2, slab = make.unique(slab, sep = "."))
  attr(found, "pooled") <- pooled[pooled$voxels > 0, , drop = FALSE]
  attr(found, "imputations") <- imputations
  found
}

cuneus_rma <- function(effects, mods = NULL, method = "DL", level = 0.95, ...) {
  if (!requireNamespace("metafor", quietly = TRUE)) {
    stop("Models are fitted by the package metafor, which is not installed.", call. = FALSE)
  }
  imputations <- attr(effects, "imputations")
  if (is.null(imputations)) stop("'effects' is what cuneus_effects() gave.", call. = FALSE)
  if (length(unique(paste(effects$model, effects$place))) != 1L) {
    stop("'effects' holds several places or models: take the rows of one.", call. = FALSE)
  }
  imputations <- imputations[imputations$model == effects$model[1] & imputations$place == effects$place[1], ]
  fits <- lapply(split(imputations, imputations$imputation), function(one) {
    own <- one[match(effects$experiment, one$experiment), ]
    data <- as.data.frame(effects)
    data$yi <- own$effect
    data$vi <- own$variance
    given <- list(yi = data$yi, vi = data$vi, data = data, method = method, ...)
    if (!is.null(mods)) given$mods <- mods
    do.call(metafor::rma.uni, given)
  })
  m <- length(fits)
  b <- do.call(rbind, lapply(fits, function(fit) drop(fit$beta)))
  within <- colMeans(do.call(rbind, lapply(fits, function(fit) diag(stats::vcov(fit)))))
  between <- if (m > 1L) (1 + 1 / m) * apply(b, 2L, var) else rep(0, ncol(b))
  estimate <- colMeans(b)
  se <- sqrt(within + between)
  z <- estimate / se
  reach <- stats::qnorm(1 - (1 - level) / 2) * se
  data.frame(estimate = estimate, se = se, zval = z, pval = 2 * stats::pnorm(-abs(z)), ci.lb = estimate - reach,
             ci.ub = estimate + reach, tau2 = mean(vapply(fits, function(fit) sqrt(fit$tau2), 0))^2, imputations = m,
             row.names = colnames(b))
}

# The input and the options of a run, for another command on the same.
arguments_of <- function(run) {
  line <- unlist(run$record$machine$commandLine)
  if (length(line) < 3L || line[2] != "run") stop("This folder was not made by cuneus run.", call. = FALSE)
  line <- line[-(1:2)]
  with_value <- c("--out", "--naming")
  flags <- c("--lean", "--bounds", "--skip-trust", "--no-viewer", "--figures", "--maxs-mins-z", "-v", "--verbose", "-q",
             "--quiet")
  drop <- which(line %in% with_value)
  line <- line[setdiff(seq_along(line), c(drop, drop + 1L, which(line %in% flags)))]
  first <- sub(":[-+a-z]*$", "", line[1])
  if (!file.exists(first)) {
    stop("The input of this run, ", first, ", is not to be found from here (", getwd(), "). Give the project itself.",
         call. = FALSE)
  }
  line
}

# A data frame as metafor's escalc() gives it.
as_escalc <- function(data, yi, vi, measure, ni, slab) {
  attr(yi, "ni") <- ni
  attr(yi, "slab") <- slab
  attr(yi, "measure") <- measure
  data$yi <- yi
  data$vi <- vi
  digits <- setNames(rep(4L, 9L), c("est", "se", "test", "pval", "ci", "var", "sevar", "fit", "het"))
  attr(data, "digits") <- digits
  attr(data, "yi.names") <- "yi"
  attr(data, "vi.names") <- "vi"
  class(data) <- c("escalc", "data.frame")
  data
}

cuneus_pool <- function(table, measure = NULL, outcome = NULL, columns = NULL, by = NULL, moderators = NULL,
                        estimator = NULL, test = NULL, dependence = NULL, correlation = NULL, smallest = NULL,
                        level = NULL, leave_out = FALSE, out = tempfile("cuneus-pool-"), arguments = character(),
                        quiet = TRUE) {
  roles <- if (length(columns)) paste0(names(columns), "=", unlist(columns))
  given <- c("pool", table_file(table, "table"),
             options_of(list(measure = measure, outcome = outcome, columns = roles, by = by, moderators = moderators,
                             estimator = estimator, test = test, dependence = dependence, correlation = correlation,
                             smallest = smallest, level = level, leave_out = leave_out)),
             arguments, "--out", out)
  said <- invoke(given, quiet = quiet)
  run <- cuneus_read(out)
  run$text <- said$output
  run$notices <- problems_of(said$said)
  outcomes <- run$record$result$outcomes
  keys <- c("estimate", "standardError", "low", "high", "tau2")
  run$outcomes <- do.call(rbind, lapply(outcomes, function(one) {
    data.frame(outcome = one$name, measure = one$measure, model = one$model, effects = one$effects,
               studies = one$studies, one[keys], stringsAsFactors = FALSE)
  }))
  run$effects <- setNames(lapply(outcomes, function(one) {
    effects <- read_table(file.path(run$folder, one$folder, "effects.tsv"))
    found <- as_escalc(effects[setdiff(names(effects), c("yi", "vi"))], effects$yi, effects$vi,
                       measure = one$measure, ni = effects$n, slab = make.unique(as.character(effects$effect), sep = "."))
    attr(found, "pooled") <- data.frame(estimate = one$estimate, se = one$standardError, ci_low = one$low,
                                        ci_high = one$high)
    found
  }), vapply(outcomes, function(one) one$name, ""))
  class(run) <- c("cuneus_pool", "cuneus_run")
  warn_of(run$notices)
  run
}

print.cuneus_pool <- function(x, ...) {
  writeLines(x$text)
  invisible(x)
}

cuneus_forest <- function(effects, pooled = TRUE, xlab = NULL, ...) {
  if (!requireNamespace("metafor", quietly = TRUE)) {
    stop("Forest plots are drawn by the package metafor, which is not installed.", call. = FALSE)
  }
  if (inherits(effects, "cuneus_pool")) {
    if (length(effects$effects) != 1L) {
      stop("Several outcomes were pooled: give one, such as x$effects[[1]].", call. = FALSE)
    }
    effects <- effects$effects[[1]]
  }
  if (!inherits(effects, "escalc")) stop("'effects' is what cuneus_effects() or cuneus_pool() gave.", call. = FALSE)
  mean <- attr(effects, "pooled")
  if (pooled && (is.null(mean) || nrow(mean) != 1L)) {
    stop("A forest plot shows one place of one model: take one, or say pooled = FALSE.", call. = FALSE)
  }
  yi <- as.vector(effects$yi)
  vi <- as.vector(effects$vi)
  slab <- attr(effects$yi, "slab")
  if (is.null(slab) || length(slab) != length(yi)) slab <- as.character(seq_along(yi))
  if (is.null(xlab)) {
    xlab <- switch(attr(effects$yi, "measure"), GEN = "Effect (Hedges' g)", SMD = "Standardised mean difference",
                   RR = "Log risk ratio", OR = "Log odds ratio", ZCOR = "Fisher's z", "Effect")
  }
  drawn <- data.frame(slab = slab, estimate = yi, ci.lb = yi - stats::qnorm(0.975) * sqrt(vi),
                      ci.ub = yi + stats::qnorm(0.975) * sqrt(vi), stringsAsFactors = FALSE)
  rows <- length(yi)
  metafor::forest(yi, vi, slab = slab, xlab = xlab, rows = rev(seq_len(rows)),
                  ylim = c(if (pooled) -1.5 else 0, rows + 3), ...)
  if (pooled) {
    names(mean)[names(mean) == "g"] <- "estimate"
    digits <- list(...)$digits
    arguments <- list(x = mean$estimate, ci.lb = mean$ci_low, ci.ub = mean$ci_high, rows = -1, mlab = "Pooled by Cuneus")
    if (!is.null(digits)) arguments$digits <- digits
    do.call(metafor::addpoly, arguments)
    graphics::abline(h = 0)
    drawn <- rbind(drawn, data.frame(slab = "Pooled by Cuneus", estimate = mean$estimate, ci.lb = mean$ci_low,
                                     ci.ub = mean$ci_high, stringsAsFactors = FALSE))
  }
  invisible(drawn)
}
