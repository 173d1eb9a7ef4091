project <- small_project()

test_that("a run is read back with its tables, maps and notices", {
  run <- quietly(cuneus_run(project, method = "sdm-psi", set = quick, threads = 1))
  expect_s3_class(run, "cuneus_run")
  expect_true(all(c("g", "z", "tau2") %in% names(run$maps)))
  studies <- cuneus_table(run, "studies")
  expect_equal(studies$experiment, sprintf("study%02d", 0:11))
  expect_equal(studies$n1, 18:29)
  expect_true(file.exists(run$report))
  listed <- vapply(run$record$result$models[[1]]$files, function(file) file$path, "")
  expect_equal(length(run$maps) + length(run$tables), sum(grepl("\\.(tsv|nii\\.gz)$", listed)))
  expect_output(print(run), "12|maps")
  again <- cuneus_read(run$folder)
  expect_equal(again$maps, run$maps)
})

test_that("several models or methods keep their folder's name", {
  run <- quietly(cuneus_run(project, method = c("sdm-psi", "ale"), set = c(quick, foci_iterations = 100), threads = 1))
  expect_true(all(c("g", "ale_positive/z") %in% names(run$maps)))
})

test_that("progress is told, and not when quiet", {
  messages <- capture_messages(suppressWarnings(cuneus_run(project, method = "sdm-psi", set = quick, threads = 1)))
  expect_true(any(grepl("^stage 1 of [0-9]+: ", messages)))
  expect_silent(suppressWarnings(cuneus_run(project, method = "sdm-psi", set = quick, threads = 1, quiet = TRUE)))
})

test_that("warnings about the input are R's", {
  lines <- readLines(file.path(project, "studies.tsv"))
  other <- tempfile()
  dir.create(other)
  file.copy(file.path(project, "peaks.tsv"), other)
  writeLines(sub("\t3.3\t", "\tNA\t", lines), file.path(other, "studies.tsv"))
  expect_warning(cuneus_run(other, method = "sdm-psi", set = quick, threads = 1, quiet = TRUE), "t_thr")
})

test_that("an input that cannot be used is an error with file and line", {
  broken <- tempfile()
  dir.create(broken)
  file.copy(file.path(project, "studies.tsv"), broken)
  lines <- readLines(file.path(project, "peaks.tsv"))
  lines[5] <- sub("\t-?[0-9]+\t", "\tabc\t", lines[5])
  writeLines(lines, file.path(broken, "peaks.tsv"))
  error <- tryCatch(cuneus_run(broken, quiet = TRUE), error = identity)
  expect_s3_class(error, "cuneus_input_error")
  expect_equal(error$status, 2)
  expect_equal(error$file, file.path(broken, "peaks.tsv"))
  expect_equal(error$line, 5)
  expect_match(conditionMessage(error), "abc")
})

test_that("notices of an input are problems too, with their remedy", {
  broken <- tempfile()
  dir.create(broken)
  file.copy(file.path(project, "peaks.tsv"), broken)
  writeLines(sub("\t3.3\t", "\t0.001\t", readLines(file.path(project, "studies.tsv"))), file.path(broken, "studies.tsv"))
  error <- tryCatch(cuneus_run(broken, quiet = TRUE), error = identity)
  expect_equal(unique(error$problems$code), "threshold-is-p")
  expect_true(all(!is.na(error$problems$remedy)))
  found <- cuneus_check(broken)
  expect_equal(sum(found$code == "threshold-is-p"), 12)
})

test_that("an option that is not known is wrong usage", {
  expect_error(cuneus_run(project, arguments = "--nope", quiet = TRUE), "--nope", class = "cuneus_usage_error")
  expect_error(cuneus_run(project, set = list(4)), "named list")
})

test_that("what is no run says so", {
  expect_error(cuneus_read(tempdir()), "no run.json")
})

test_that("a program that is not there is told", {
  old <- options(cuneus.program = "/no/such/cuneus")
  on.exit(options(old))
  expect_error(cuneus_program(), "/no/such/cuneus")
})

test_that("an interrupted call ends the program", {
  skip_on_os("windows")
  out <- tempfile("cuneus-interrupted-")
  script <- tempfile(fileext = ".R")
  writeLines(c(
    sprintf(".libPaths(%s)", paste(deparse(.libPaths()), collapse = "")),
    sprintf("options(cuneus.program = %s)", deparse(cuneus_program())),
    "setTimeLimit(elapsed = Inf)",
    sprintf("cuneus::cuneus_run(%s, method = 'ale', out = %s, set = list(foci_iterations = 5000000), threads = 1)",
            deparse(project), deparse(out))
  ), script)
  running <- function() {
    found <- suppressWarnings(system2("pgrep", c("-f", shQuote(paste0("out ", out, "$"))), stdout = TRUE))
    length(found) > 0
  }
  wait <- function(condition) {
    for (i in 1:600) {
      if (condition()) return(TRUE)
      Sys.sleep(0.1)
    }
    FALSE
  }
  started <- system(paste("sh -c", shQuote(paste(
    "exec", shQuote(file.path(R.home("bin"), "Rscript")), shQuote(script), ">/dev/null 2>&1")), "& echo $!"), intern = TRUE)
  expect_true(wait(running))
  Sys.sleep(1)
  # R itself, below Rscript, gets the signal, as it does from an editor's stop button.
  tools::pskill(as.integer(started), tools::SIGINT)
  expect_true(wait(function() !running()))
  expect_false(file.exists(file.path(out, "run.json")))
})
