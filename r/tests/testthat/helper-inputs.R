# What tests share. Without the program nothing here means anything, so that its absence is a failure and no skip.

quick <- list(voxel_size = 6, imputations = 6)

# A native project of twelve experiments that report an increase near one place, and scattered peaks besides.
small_project <- function() {
  folder <- tempfile("cuneus-project-")
  dir.create(folder)
  number <- 0:11
  studies <- data.frame(experiment = sprintf("study%02d", number), n1 = 18 + number, t_thr = 3.3, age = 25.5 + number)
  near <- data.frame(experiment = studies$experiment, x = -42 + (number %% 4) * 2, y = 26 - (number %% 3) * 2,
                     z = (number %% 5) * 2, space = "mni", stat = "t", value = 5.2 + (number %% 3) * 0.1)
  far <- data.frame(experiment = studies$experiment, x = 40 - 6 * (number %% 7), y = -70 + 5 * number, z = 40 - 4 * (number %% 6),
                    space = "mni", stat = "t", value = ifelse(number %% 2 == 0, 4.1, -4.3))
  write <- function(table, name) {
    write.table(table, file.path(folder, name), sep = "\t", quote = FALSE, row.names = FALSE)
  }
  write(studies, "studies.tsv")
  write(rbind(near, far), "peaks.tsv")
  folder
}

quietly <- function(expression) suppressWarnings(suppressMessages(expression))
