# What `xenotrack run` does, as an R user would write it: lme4, emmeans, survival, ggplot2.
#   Rscript run_in_r.R SHEET.csv OUT
# SHEET has mouse, arm, day, length_mm, width_mm and, if known, fate (why the mouse left).
# OUT gets tables (csv) and five figures, each as svg and png.
suppressPackageStartupMessages({
  library(lme4)
  library(emmeans)
  library(survival)
  library(ggplot2)
})
emm_options(pbkrtest.limit = 1e5)

NO_DRUG <- c("vehicle", "veh", "untreated", "no treatment", "control", "ctrl", "placebo")
FOLD <- 2
FIRST_RESPONSE_DAY <- 10
FURTHEST_LOG_HAZARD <- 12

# ---- The sheet --------------------------------------------------------------------------------

read_sheet <- function(path) {
  sheet <- read.csv(path, colClasses = c(mouse = "character", arm = "character"), na.strings = "")
  needed <- c("mouse", "arm", "day", "length_mm", "width_mm")
  missing <- setdiff(needed, names(sheet))
  if (length(missing)) stop("the sheet has no column ", paste(missing, collapse = ", "))
  if (is.null(sheet$fate)) sheet$fate <- NA_character_
  sheet$volume_mm3 <- sheet$length_mm * sheet$width_mm^2 / 2
  sheet <- sheet[!is.na(sheet$volume_mm3), ]
  arms <- unique(sheet$arm)
  control <- c(arms[tolower(arms) %in% NO_DRUG], arms)[1]
  sheet$arm <- factor(sheet$arm, levels = c(control, setdiff(arms, control)))
  sheet[order(sheet$arm, sheet$mouse, sheet$day), ]
}

# Last reading of days -7 to 0, else the first reading.
baseline_of <- function(own) {
  early <- own$volume_mm3[own$day >= -7 & own$day <= 0]
  if (length(early)) tail(early, 1) else own$volume_mm3[1]
}

by_mouse <- function(sheet, describe) {
  parts <- split(sheet, factor(sheet$mouse, levels = unique(sheet$mouse)))
  do.call(rbind, c(lapply(parts, describe), make.row.names = FALSE))
}

# ---- Growth rates -----------------------------------------------------------------------------

fit_growth <- function(sheet) {
  seen <- sheet[sheet$volume_mm3 > 0, ]
  # The default optimiser stops up to 1e-3 short of the optimum with days on this scale.
  control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9))
  suppressMessages(lmer(log(volume_mm3) ~ arm * day + (day | mouse), seen, control = control))
}

growth_table <- function(slopes, sheet) {
  table <- as.data.frame(summary(slopes, infer = TRUE))
  data.frame(
    arm = table$arm,
    n_mice = as.integer(tapply(sheet$mouse, sheet$arm, function(mice) length(unique(mice)))),
    n_measurements = as.integer(table(sheet$arm)),
    estimate = table$day.trend, std_error = table$SE, df = table$df, statistic = table$t.ratio,
    p_value = table$p.value, conf_low = table$lower.CL, conf_high = table$upper.CL,
    doubling_time_days = ifelse(table$day.trend > 0, log(2) / table$day.trend, NA)
  )
}

compare_table <- function(slopes) {
  against_control <- contrast(slopes, "trt.vs.ctrl1")
  table <- as.data.frame(summary(against_control, infer = TRUE, adjust = "none"))
  data.frame(
    outcome = "growth_rate", contrast = table$contrast, estimate = table$estimate,
    std_error = table$SE, df = table$df, statistic = table$t.ratio, p_value = table$p.value,
    conf_low = table$lower.CL, conf_high = table$upper.CL,
    p_adjusted = p.adjust(table$p.value, "holm"), adjustment = "holm"
  )
}

# ---- Progression ------------------------------------------------------------------------------

# The day on which V first reaches FOLD times baseline, interpolated between its two readings;
# a mouse that left for its tumour size has progressed, all others are censored at their last reading.
progression_of <- function(own) {
  limit <- FOLD * baseline_of(own)
  own <- own[own$day >= 0, ]
  last <- own[nrow(own), ]
  crossed <- which(own$volume_mm3 >= limit & own$day > 0)
  day <- last$day
  event <- as.integer(last$fate %in% "tumor_size")
  if (length(crossed)) {
    after <- own[crossed[1], ]
    before <- if (crossed[1] > 1) own[crossed[1] - 1, ] else after
    rise <- after$volume_mm3 - before$volume_mm3
    share <- if (rise > 0) (limit - before$volume_mm3) / rise else 1
    day <- before$day + max(0, share) * (after$day - before$day)
    event <- 1L
  }
  data.frame(mouse = last$mouse, arm = last$arm, day = day, event = event, fate = last$fate)
}

progression_table <- function(curves, times) {
  table <- summary(curves, rmean = max(times$day[times$event == 1], 1))$table
  data.frame(
    arm = levels(times$arm), n_mice = table[, "records"], n_events = table[, "events"],
    n_censored = table[, "records"] - table[, "events"], median_days = table[, "median"],
    conf_low = table[, "0.95LCL"], conf_high = table[, "0.95UCL"],
    rmst_days = table[, "rmean"], rmst_std_error = table[, "se(rmean)"], row.names = NULL
  )
}

logrank_table <- function(times) {
  test <- survdiff(Surv(day, event) ~ arm, times)
  df <- nlevels(times$arm) - 1
  data.frame(statistic = test$chisq, df = df, p_value = pchisq(test$chisq, df, lower.tail = FALSE))
}

# An arm without events has no finite hazard, and coxph's standard errors of the *other* arms are
# wrong beside it; in the limit it drops out of the likelihood, so the fit is made without it.
hazard_table <- function(times) {
  progressed <- names(which(tapply(times$event, times$arm, sum) > 0))
  control <- levels(times$arm)[1]
  table <- data.frame(
    outcome = "log_hazard", contrast = paste(levels(times$arm)[-1], "-", control),
    estimate = NA_real_, std_error = NA_real_, p_value = NA_real_
  )
  if (!control %in% progressed || length(progressed) < 2) return(table)
  # Arms whose days do not overlap run off to infinity too; coxph warns, and the row stays empty.
  fit <- suppressWarnings(coxph(Surv(day, event) ~ arm, droplevels(times[times$arm %in% progressed, ])))
  found <- match(progressed[-1], levels(times$arm)[-1])
  values <- summary(fit)$coefficients[, c("coef", "se(coef)", "Pr(>|z|)"), drop = FALSE]
  values[abs(values[, "coef"]) > FURTHEST_LOG_HAZARD, ] <- NA
  table[found, c("estimate", "std_error", "p_value")] <- values
  table
}

curve_table <- function(curves, times) {
  data.frame(
    arm = factor(rep(levels(times$arm), curves$strata), levels(times$arm)), day = curves$time, n_at_risk = curves$n.risk,
    n_events = curves$n.event, n_censored = curves$n.censor, estimate = curves$surv,
    conf_low = curves$lower, conf_high = curves$upper
  )
}

# ---- Response ---------------------------------------------------------------------------------

response_of <- function(own) {
  change <- 100 * (own$volume_mm3 / baseline_of(own) - 1)
  late <- own$day >= FIRST_RESPONSE_DAY
  data.frame(
    mouse = own$mouse[1], arm = own$arm[1], baseline_mm3 = baseline_of(own),
    last_day = max(own$day), best_response_percent = if (any(late)) min(change[late]) else NA
  )
}

# ---- Figures ----------------------------------------------------------------------------------

look <- theme_classic(base_size = 10) + theme(legend.position = "right")

# A single mouse left has a mean and no standard error.
mean_and_error <- function(values) {
  error <- if (length(values) > 1) sd(values) / sqrt(length(values)) else 0
  data.frame(y = mean(values), ymin = mean(values) - error, ymax = mean(values) + error)
}

growth_figure <- function(sheet) {
  ggplot(sheet, aes(day, volume_mm3, colour = arm)) +
    stat_summary(fun = mean, geom = "line") +
    stat_summary(fun = median, geom = "line", linetype = "dashed") +
    stat_summary(fun.data = mean_and_error, geom = "pointrange", size = 0.15) +
    scale_y_log10() +
    labs(x = "Day", y = "Tumour volume (mm³)", colour = NULL) + look
}

growth_by_arm_figure <- function(sheet, fit) {
  lines <- aggregate(day ~ arm, sheet, function(day) range(day))
  ends <- data.frame(arm = rep(lines$arm, 2), day = c(lines$day[, 1], lines$day[, 2]))
  ends$volume_mm3 <- exp(predict(fit, ends, re.form = NA))
  ggplot(sheet[sheet$volume_mm3 > 0, ], aes(day, volume_mm3)) +
    geom_line(aes(group = mouse), colour = "grey60", linewidth = 0.3) +
    geom_line(data = ends, aes(colour = arm), linewidth = 1, show.legend = FALSE) +
    facet_wrap(~arm, ncol = 4) + scale_y_log10() +
    labs(x = "Day", y = "Tumour volume (mm³)") + look
}

waterfall_figure <- function(response) {
  shown <- response[!is.na(response$best_response_percent), ]
  shown <- shown[order(-shown$best_response_percent), ]
  shown$rank <- seq_len(nrow(shown))
  ggplot(shown, aes(rank, best_response_percent, fill = arm)) +
    geom_col(width = 0.9) + geom_hline(yintercept = 0, linewidth = 0.3) +
    labs(x = "Mouse", y = "Best change from baseline (%)", fill = NULL) + look
}

progression_figure <- function(curve) {
  start <- data.frame(arm = factor(levels(curve$arm), levels(curve$arm)), day = 0, estimate = 1, n_censored = 0)
  steps <- rbind(start, curve[names(start)])
  ggplot(steps, aes(day, estimate, colour = arm)) +
    geom_step() +
    geom_point(data = steps[steps$n_censored > 0, ], shape = 3, show.legend = FALSE) +
    scale_y_continuous(limits = c(0, 1)) +
    labs(x = "Day", y = "Not progressed", colour = NULL) + look
}

rates_figure <- function(growth) {
  ggplot(growth, aes(estimate, arm, colour = arm)) +
    geom_vline(xintercept = 0, linewidth = 0.3, linetype = "dashed") +
    geom_pointrange(aes(xmin = conf_low, xmax = conf_high), show.legend = FALSE) +
    scale_y_discrete(limits = rev) +
    labs(x = "Growth rate per day (95 % interval)", y = NULL) + look
}

# ---- The run ----------------------------------------------------------------------------------

run <- function(path, out) {
  for (folder in c("tables", "figures")) {
    dir.create(file.path(out, folder), recursive = TRUE, showWarnings = FALSE)
  }
  sheet <- read_sheet(path)
  fit <- fit_growth(sheet)
  slopes <- emtrends(fit, ~arm, var = "day", lmer.df = "kenward-roger")
  times <- by_mouse(sheet, progression_of)
  curves <- survfit(Surv(day, event) ~ arm, times, conf.type = "log-log")

  tables <- list(
    tidy = sheet, growth = growth_table(slopes, sheet), compare = compare_table(slopes),
    progression = progression_table(curves, times), progression_mice = times,
    progression_curve = curve_table(curves, times), logrank = logrank_table(times),
    hazards = hazard_table(times), response = by_mouse(sheet, response_of)
  )
  for (name in names(tables)) {
    write.csv(tables[[name]], file.path(out, "tables", paste0(name, ".csv")), row.names = FALSE, na = "")
  }

  figures <- list(
    growth = growth_figure(sheet), growth_by_arm = growth_by_arm_figure(sheet, fit),
    waterfall = waterfall_figure(tables$response),
    progression = progression_figure(tables$progression_curve), rates = rates_figure(tables$growth)
  )
  for (name in names(figures)) {
    for (device in c("svg", "png")) {
      ggsave(file.path(out, "figures", paste0(name, ".", device)), figures[[name]],
        width = 7, height = 4.5, dpi = 150)
    }
  }
}

given <- commandArgs(trailingOnly = TRUE)
if (length(given) != 2) stop("usage: Rscript run_in_r.R SHEET.csv OUT")
run(given[1], given[2])
