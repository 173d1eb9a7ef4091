# Finding the program and running it.

cuneus_program <- function() {
  named <- getOption("cuneus.program", Sys.getenv("CUNEUS"))
  if (nzchar(named)) {
    if (file.access(named, 1) != 0 || dir.exists(named)) {
      stop("'", named, "' (the option cuneus.program, or CUNEUS) is no program that can be run.", call. = FALSE)
    }
    return(normalizePath(named))
  }
  found <- unname(Sys.which("cuneus"))
  if (!nzchar(found)) {
    stop("There is no program cuneus on the path. Build it (make build), or name it: ",
         "options(cuneus.program = \"/path/to/cuneus\").", call. = FALSE)
  }
  found
}

# A line of the program's log that says how far the work is.
is_progress <- function(line) {
  duration <- "([0-9]+\\.[0-9] s|[0-9]+ s|[0-9]+ min [0-9]{2} s|[0-9]+ h [0-9]{2} min|a long time)"
  grepl(paste0("^[^ ].*: ([0-9]+ %(, ", duration, " left)?|", duration, ")$"), line) & !grepl("^cuneus: ", line)
}

# Runs the program, and tells its progress as messages.
#
# Returns list(output, said, status): lines of standard output, lines of standard error that are no progress, exit code.
# Other codes than `accepts` are errors of class cuneus_error.
invoke <- function(arguments, quiet = TRUE, accepts = 0L) {
  program <- cuneus_program()
  output <- tempfile("cuneus-out-")
  on.exit(unlink(output), add = TRUE)
  words <- paste(shQuote(c(program, arguments)), collapse = " ")
  # The shell tells the process's number first and its exit code last, so that an interrupted call can end it.
  script <- paste0("COLUMNS=${COLUMNS:-100} ", words, " </dev/null 2>&1 >", shQuote(output),
                   " & cuneus=$!; echo \"cuneus-process $cuneus\"; wait $cuneus; echo \"cuneus-exit $?\"")
  connection <- pipe(script, "r", encoding = "UTF-8")
  process <- NA_integer_
  status <- NA_integer_
  on.exit({
    if (is.na(status) && !is.na(process)) pskill(process, 2L)
    close(connection)
  }, add = TRUE)
  said <- character()
  repeat {
    line <- readLines(connection, n = 1L, warn = FALSE)
    if (length(line) == 0L) break
    if (grepl("^cuneus-process [0-9]+$", line)) {
      process <- as.integer(sub(".* ", "", line))
    } else if (grepl("^cuneus-exit [0-9]+$", line)) {
      status <- as.integer(sub(".* ", "", line))
    } else {
      if (!is_progress(line)) said <- c(said, line)
      if (!quiet) message(line)
    }
  }
  if (is.na(status)) status <- 1L
  if (!status %in% accepts) fail(status, said, c(program, arguments))
  list(output = readLines(output, encoding = "UTF-8", warn = FALSE), said = said, status = status)
}

# What is wrong, one by one: a data frame of file, line, severity, code, message, remedy.
#
# The program writes `cuneus: file:line: what. How to mend it.` with further lines of that form, or notices,
# `file:line: severity: what [code]` with the remedy on the next line.
problems_of <- function(said) {
  empty <- data.frame(file = character(), line = integer(), severity = character(), code = character(),
                      message = character(), remedy = character(), stringsAsFactors = FALSE)
  found <- list()
  follows <- FALSE
  place <- function(text) {
    parts <- regmatches(text, regexec("^(.+?):([0-9]+)(:[0-9]+)?: (.*)$", text, perl = TRUE))[[1]]
    if (length(parts)) return(list(file = parts[2], line = as.integer(parts[3]), text = parts[5]))
    head <- sub(": .*$", "", text)
    if (head != text && (grepl("^--", head) || file.exists(head))) {
      return(list(file = head, line = NA_integer_, text = substring(text, nchar(head) + 3L)))
    }
    list(file = NA_character_, line = NA_integer_, text = text)
  }
  for (line in said) {
    notice <- regmatches(line, regexec("^(?:(.+?): )?(error|warning|note): (.*) \\[([a-z0-9-]+)\\]$", line, perl = TRUE))[[1]]
    if (length(notice)) {
      at <- if (nzchar(notice[2])) place(paste0(notice[2], ": ")) else list(file = NA_character_, line = NA_integer_)
      if (is.na(at$file) && nzchar(notice[2])) at$file <- notice[2]
      found[[length(found) + 1L]] <- data.frame(
        file = at$file, line = at$line, severity = notice[3], code = notice[5], message = notice[4],
        remedy = NA_character_, stringsAsFactors = FALSE)
      follows <- FALSE
    } else if (grepl("^    ", line) && length(found) && !is.na(found[[length(found)]]$code) &&
               is.na(found[[length(found)]]$remedy)) {
      found[[length(found)]]$remedy <- trimws(line)
    } else if (grepl("^(cuneus|Error): ", line) || (follows && grepl("^.+?:[0-9]+(:[0-9]+)?: ", line, perl = TRUE))) {
      at <- place(sub("^(cuneus|Error): ", "", line))
      found[[length(found) + 1L]] <- data.frame(
        file = at$file, line = at$line, severity = "error", code = NA_character_, message = at$text,
        remedy = NA_character_, stringsAsFactors = FALSE)
      follows <- grepl("^cuneus: ", line) || follows
    } else {
      follows <- FALSE
    }
  }
  if (length(found)) do.call(rbind, found) else empty
}

# Stops with an error that has the file, the line and the exit code.
fail <- function(status, said, command) {
  problems <- problems_of(said)
  errors <- problems[problems$severity == "error", , drop = FALSE]
  where <- ifelse(is.na(errors$file), "", paste0(errors$file, ifelse(is.na(errors$line), "", paste0(":", errors$line)), ": "))
  lines <- paste0(where, errors$message, ifelse(is.na(errors$remedy), "", paste0(" ", errors$remedy)))
  if (!nrow(errors)) {
    lines <- utils::tail(said[nzchar(said)], 1L)
    if (!length(lines)) lines <- paste0("cuneus ended with code ", status, " and said nothing.")
  }
  kind <- switch(as.character(status), "2" = "cuneus_input_error", "64" = "cuneus_usage_error",
                 "130" = "cuneus_interrupted", NULL)
  stop(structure(
    class = c(kind, "cuneus_error", "error", "condition"),
    list(message = paste(lines, collapse = "\n"), call = NULL, status = status, problems = errors,
         file = errors$file[1], line = errors$line[1], command = command)))
}

# Options of the command line. NULL: not given; TRUE: a flag; several: repeated.
options_of <- function(values) {
  found <- character()
  for (name in names(values)) {
    value <- values[[name]]
    option <- paste0("--", gsub("_", "-", name))
    if (is.null(value) || identical(value, FALSE)) next
    if (isTRUE(value)) found <- c(found, option)
    else for (part in value) found <- c(found, option, word(part))
  }
  found
}

# A value as the program reads it, with all its digits.
word <- function(value) {
  if (is.logical(value)) return(ifelse(value, "yes", "no"))
  if (is.numeric(value)) return(format(value, digits = 15, scientific = FALSE, trim = TRUE))
  as.character(value)
}

# `set` as options.
settings_of <- function(set) {
  if (!length(set)) return(character())
  if (is.null(names(set)) || any(!nzchar(names(set)))) {
    stop("'set' is a named list of settings, such as list(voxel_size = 4).", call. = FALSE)
  }
  values <- vapply(set, function(value) paste(word(value), collapse = ","), "")
  as.vector(rbind("--set", paste0(names(set), "=", values)))
}

# A data frame as a file that the program reads; a path as it is.
table_file <- function(table, name) {
  if (is.character(table)) return(table)
  if (!is.data.frame(table)) stop("'table' is a path or a data frame.", call. = FALSE)
  folder <- tempfile("cuneus-table-")
  dir.create(folder)
  file <- file.path(folder, paste0(name, ".tsv"))
  cells <- lapply(table, function(column) {
    text <- if (is.numeric(column)) {
      vapply(as.numeric(column), function(x) if (is.na(x)) NA_character_ else format(x, digits = 17), "")
    } else {
      gsub("[\t\r\n]+", " ", as.character(column))
    }
    ifelse(is.na(column), "NA", text)
  })
  write.table(as.data.frame(cells, optional = TRUE, stringsAsFactors = FALSE), file, sep = "\t", quote = FALSE,
              row.names = FALSE, fileEncoding = "UTF-8")
  file
}
