# Reading studies and writing JSON: what growth.R, survival.R and groups.R share.

# Package versions belong to the numbers: another lme4 may stop elsewhere.
made_with <- function(packages) {
  versions <- lapply(packages, function(package) as.character(packageVersion(package)))
  c(list(R = as.character(getRversion())), setNames(versions, packages))
}

# What R says about a boundary fit is in the JSON already ("singular"), so its messages are not needed.
quietly <- function(expression) suppressMessages(suppressWarnings(expression))

# Arms and mice keep the order of the sheet: the first arm is the reference of every contrast.
in_order <- function(values) factor(values, levels = unique(values))

read_growth <- function(path) {
  sheet <- read.csv(path)
  sheet$arm <- in_order(sheet$arm)
  sheet$mouse <- in_order(sheet$mouse)
  sheet$ln_volume <- log(sheet$volume)
  sheet
}

read_times <- function(path) {
  sheet <- read.csv(path)
  sheet$arm <- in_order(sheet$arm)
  sheet
}

# Rows of b without their row names and factors, so that toJSON writes plain row objects.
rows <- function(...) data.frame(..., row.names = NULL, stringsAsFactors = FALSE, check.names = FALSE)

# One line a row: small files, and a change of one number is a change of one line.
to_text <- function(value, indent = "") {
  deeper <- paste0(indent, "  ")
  plain <- function(v) jsonlite::toJSON(v, digits = NA, auto_unbox = TRUE, na = "null", null = "null")
  block <- function(open, lines, close) {
    paste0(open, "\n", paste0(deeper, lines, collapse = ",\n"), "\n", indent, close)
  }
  if (is.data.frame(value)) {
    if (nrow(value) == 0) return("[]")
    lines <- vapply(seq_len(nrow(value)), function(i) {
      row <- as.character(jsonlite::toJSON(value[i, , drop = FALSE], digits = NA, na = "null"))
      substr(row, 2, nchar(row) - 1)
    }, "")
    return(block("[", lines, "]"))
  }
  if (is.matrix(value)) {
    return(block("[", apply(value, 1, function(row) plain(I(unname(row)))), "]"))
  }
  if (is.list(value) && length(value) > 0 && !is.null(names(value))) {
    keys <- vapply(names(value), function(key) as.character(plain(key)), "")
    return(block("{", paste0(keys, ": ", vapply(value, to_text, "", indent = deeper)), "}"))
  }
  as.character(plain(value))
}

write_result <- function(result, path) {
  writeLines(to_text(result), path)
  message(basename(path))
}

# Rscript SCRIPT STUDIES OUT [STUDY ...]: the studies named, or all that have the suffix.
arguments <- function(suffix) {
  given <- commandArgs(trailingOnly = TRUE)
  studies <- if (length(given) >= 1) given[1] else "studies"
  out <- if (length(given) >= 2) given[2] else "."
  paths <- sort(Sys.glob(file.path(studies, "*.csv")))
  # <study>.csv, or <study>.<kind>.csv
  kinds <- sub("^[^.]*", "", basename(paths))
  paths <- paths[kinds == suffix]
  named <- sub(suffix, "", basename(paths), fixed = TRUE)
  names(paths) <- named
  wanted <- if (length(given) >= 3) given[-(1:2)] else named
  list(paths = paths[intersect(named, wanted)], out = out)
}

# <study>.<kind>.json of each study: what `answer_of` says of its measured readings.
write_answers <- function(names, kind, packages, answer_of) {
  asked <- arguments(".csv")
  for (study in names) {
    sheet <- read_growth(asked$paths[[study]])
    answer <- answer_of(sheet[is.finite(sheet$ln_volume), ], study)
    write_result(c(list(made_with = made_with(packages)), answer), file.path(asked$out, paste0(study, ".", kind, ".json")))
  }
}
