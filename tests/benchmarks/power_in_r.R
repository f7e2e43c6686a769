# Rates of two arms by lme4 with Kenward-Roger, study by study: p of each, and CPU seconds of all.
#   Rscript power_in_r.R READINGS.csv OUT.csv
suppressPackageStartupMessages(library(lmerTest))
paths <- commandArgs(trailingOnly = TRUE)
rows <- read.csv(paths[1])
quiet <- function(value) suppressMessages(suppressWarnings(value))
p_of <- function(own) {
  # Each arm its own fit, as the analysis makes them: Welch on their rates.
  each <- lapply(split(own, own$arm), function(arm) {
    fit <- quiet(lmer(y ~ day + (day | mouse), arm))
    quiet(coef(summary(fit, ddf = "Kenward-Roger"))["day", 1:3])
  })
  v <- vapply(each, function(one) one[[2]]^2, 0)
  nu <- vapply(each, function(one) one[[3]], 0)
  t <- (each[[2]][[1]] - each[[1]][[1]]) / sqrt(sum(v))
  2 * pt(-abs(t), sum(v)^2 / sum(v^2 / nu))
}
studies <- split(rows, rows$study)
invisible(p_of(studies[[1]])) # warm
spent <- system.time(p <- vapply(studies, p_of, 0))
write.csv(data.frame(study = as.integer(names(studies)), p = p), paths[2], row.names = FALSE)
cat(sum(spent[c("user.self", "sys.self")]), "\n")
