# The figures that a paper would have of a study, by survminer and ggplot2 as they are out of the
# box: to be looked at beside those of `xenotrack run`. usage: Rscript figures_in_r.R RUN OUT
suppressPackageStartupMessages({library(survival); library(ggplot2); library(survminer)})
arguments <- commandArgs(trailingOnly = TRUE)
run <- arguments[1]
out <- arguments[2]
dir.create(out, showWarnings = FALSE)
read <- function(name) read.csv(file.path(run, "tables", paste0(name, ".csv")))
in_order <- function(rows, arms) transform(rows, arm = factor(arm, levels = arms))
arms <- unique(read("growth")$arm)
save_png <- function(name, figure) {
  png(file.path(out, paste0(name, ".png")), width = 183, height = 140, units = "mm", res = 150)
  print(figure)
  dev.off()
}

mice <- in_order(read("progression_mice"), arms)
mice$time <- ifelse(is.na(mice$day), mice$day_low, mice$day)
mice$event <- mice$event == "True" | mice$event == TRUE | mice$event == "true"
curves <- survfit(Surv(time, event) ~ arm, data = mice)
save_png("progression", ggsurvplot(curves, data = mice, risk.table = TRUE, pval = TRUE))

readings <- in_order(subset(read("tidy"), volume_mm3 > 0), arms)
save_png("growth", ggplot(readings, aes(day, volume_mm3, colour = arm)) +
  stat_summary(fun.data = mean_se, geom = "pointrange", size = 0.2) +
  stat_summary(fun = mean, geom = "line") + theme_classic())

best <- in_order(read("response"), arms)
best <- best[order(best$arm, -best$best_response_percent), ]
best$place <- factor(seq_len(nrow(best)))
save_png("waterfall", ggplot(best, aes(place, best_response_percent, fill = arm)) + geom_col() +
  theme_classic())
