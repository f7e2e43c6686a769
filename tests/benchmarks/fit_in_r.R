# CPU seconds of one warm fit with Kenward-Roger contrasts, by lme4 and emmeans (median of 20).
#   Rscript fit_in_r.R SHEET.csv
suppressPackageStartupMessages({
  library(lme4)
  library(emmeans)
})
emm_options(pbkrtest.limit = 1e5)
sheet <- read.csv(commandArgs(trailingOnly = TRUE)[1])
sheet$arm <- factor(sheet$arm, levels = unique(sheet$arm))
sheet$ln_volume <- log(sheet$length_mm * sheet$width_mm^2 / 2)
sheet <- sheet[is.finite(sheet$ln_volume), ]

once <- function(act) sum(system.time(act())[c("user.self", "sys.self")])
seconds <- function(act) {
  act()
  median(vapply(1:20, function(i) once(act), 0))
}
model <- ln_volume ~ arm * day + (day | mouse)
quiet <- function(value) suppressMessages(suppressWarnings(value))
fit <- quiet(lmer(model, sheet))
alone <- seconds(function() quiet(lmer(model, sheet)))
slopes <- function() quiet(as.data.frame(contrast(emtrends(fit, ~arm, var = "day"), "trt.vs.ctrl1")))
kenward_roger <- once(slopes)
cat(alone, alone + kenward_roger, "\n")
