# Running an analysis, and reading what it wrote.

cuneus_run <- function(project, method = NULL, out = tempfile("cuneus-run-"), model = NULL, filter = NULL,
                       covariate = NULL, test = NULL, sign = NULL, space = NULL, set = list(), threads = NULL,
                       arguments = character(), quiet = FALSE) {
  given <- c("run", project, analysis_options(method, model, filter, covariate, test, sign, space, set, threads),
             arguments, "--out", out)
  said <- invoke(given, quiet = quiet)
  run <- cuneus_read(out)
  run$text <- said$output
  warn_of(run$notices)
  run
}

analysis_options <- function(method, model, filter, covariate, test, sign, space, set, threads) {
  c(options_of(list(method = method, model = model, filter = filter, covariate = covariate, test = test, sign = sign,
                    space = space, threads = threads)), settings_of(set))
}

warn_of <- function(notices) {
  told <- notices[notices$severity == "warning", , drop = FALSE]
  if (!nrow(told)) return(invisible())
  first <- told[1, ]
  where <- if (is.na(first$file)) "" else paste0(first$file, if (is.na(first$line)) "" else paste0(":", first$line), ": ")
  more <- if (nrow(told) > 1L) paste0(" And ", nrow(told) - 1L, " more: see $notices.") else ""
  warning(where, first$message, more, call. = FALSE)
}

cuneus_read <- function(folder) {
  file <- file.path(folder, "run.json")
  if (!file.exists(file)) {
    state <- if (file.exists(file.path(folder, "run.partial.json"))) "a run that was not finished" else "no run"
    stop(folder, " holds ", state, ": there is no run.json.", call. = FALSE)
  }
  record <- fromJSON(file, simplifyVector = FALSE)
  files <- recorded(record$result)
  maps <- files[grepl("\\.nii(\\.gz)?$", files)]
  tables <- files[grepl("\\.tsv$", files)]
  common <- common_folder(if (length(maps)) maps else tables)
  structure(list(
    folder = normalizePath(folder), record = record, maps = named(maps, common), tables = named(tables, common),
    notices = notices_of(record$result), report = file.path(normalizePath(folder), "report.html")
  ), class = "cuneus_run")
}

# Every file that a record lists, relative to the run's folder.
recorded <- function(part) {
  if (!is.list(part)) return(character())
  found <- character()
  for (name in setdiff(names(part), c("inputs", "files"))) found <- c(found, recorded(part[[name]]))
  if (is.null(names(part))) for (one in part) found <- c(found, recorded(one))
  if (!is.null(part$files)) found <- c(found, vapply(part$files, function(entry) entry$path, ""))
  unique(found)
}

common_folder <- function(files) {
  if (!length(files)) return("")
  parts <- strsplit(dirname(files), "/", fixed = TRUE)
  shared <- Reduce(function(a, b) {
    n <- min(length(a), length(b))
    same <- cumsum(a[seq_len(n)] != b[seq_len(n)]) == 0
    a[seq_len(n)][same]
  }, parts)
  shared <- setdiff(shared, ".")
  if (length(shared)) paste0(paste(shared, collapse = "/"), "/") else ""
}

named <- function(files, common) {
  short <- ifelse(startsWith(files, common), substring(files, nchar(common) + 1L), files)
  sort_by <- order(short)
  setNames(files[sort_by], sub("\\.(tsv|nii|nii\\.gz)$", "", short[sort_by]))
}

notices_of <- function(result) {
  rows <- lapply(result$notices, function(notice) {
    data.frame(severity = notice$severity, code = notice$code,
               file = if (is.null(notice$location$file)) NA_character_ else notice$location$file,
               line = if (is.null(notice$location$line)) NA_integer_ else as.integer(notice$location$line),
               message = notice$message, remedy = if (is.null(notice$remedy)) NA_character_ else notice$remedy,
               stringsAsFactors = FALSE)
  })
  if (length(rows)) return(do.call(rbind, rows))
  data.frame(severity = character(), code = character(), file = character(), line = integer(), message = character(),
             remedy = character(), stringsAsFactors = FALSE)
}

read_table <- function(file) {
  read.delim(file, na.strings = c("n/a", "NA", ""), quote = "", comment.char = "", check.names = FALSE,
             stringsAsFactors = FALSE, encoding = "UTF-8")
}

file_of <- function(run, files, name, kind) {
  if (!inherits(run, "cuneus_run")) stop("'run' is what cuneus_run() or cuneus_read() gave.", call. = FALSE)
  if (length(name) != 1L || !name %in% names(files)) {
    stop("There is no ", kind, " '", paste(name, collapse = " "), "'. There are: ",
         paste(names(files), collapse = ", "), ".", call. = FALSE)
  }
  file.path(run$folder, files[[name]])
}

cuneus_table <- function(run, name) read_table(file_of(run, run$tables, name, "table"))

cuneus_map <- function(run, name) {
  file <- file_of(run, run$maps, name, "map")
  if (!requireNamespace("RNifti", quietly = TRUE)) {
    stop("Images are read by the package RNifti, which is not installed. The file is ", file, ".", call. = FALSE)
  }
  RNifti::readNifti(file)
}

format.cuneus_run <- function(x, ...) {
  models <- c(x$record$result$models, x$record$result$comparisons)
  names <- unique(vapply(models, function(model) model$name, ""))
  c(paste0("A run of Cuneus ", x$record$version, " in ", x$folder),
    if (length(names)) paste0("models: ", paste(names, collapse = ", ")),
    paste0(length(x$maps), " maps, ", length(x$tables), " tables: ", paste(names(x$tables), collapse = ", ")),
    paste0("report: ", x$report))
}

print.cuneus_run <- function(x, ...) {
  writeLines(strwrap(format(x), width = 0.9 * getOption("width"), exdent = 2))
  invisible(x)
}

cuneus_check <- function(project, method = NULL, filter = NULL, sign = NULL, space = NULL, set = list(),
                         strict = FALSE) {
  given <- c("check", project, options_of(list(method = method, filter = filter, sign = sign, space = space,
                                               strict = strict)), settings_of(set), "--json")
  said <- invoke(given, accepts = c(0L, 2L))
  if (!any(nzchar(said$output))) fail(2L, said$said, given)
  notices_of(fromJSON(paste(said$output, collapse = "\n"), simplifyVector = FALSE))
}

cuneus_settings <- function() {
  lines <- invoke(c("settings", "--tsv"))$output
  read.delim(text = lines, quote = "", comment.char = "", na.strings = "n/a", stringsAsFactors = FALSE,
             colClasses = "character")
}
