# Power of two arms of straight lines, all mice read on all days: Welch's test of their rates,
# averaged over what the two variances may be. power.R STUDIES OUT
suppressPackageStartupMessages(library(jsonlite))
args <- commandArgs(trailingOnly = TRUE)
day <- c(0, 3, 7, 10, 14, 17, 21, 24, 28)
designs <- list(
  list(n = 4, rates = c(0.05, 0.02), slope_sd = c(0.012, 0.012), noise = 0.10),
  list(n = 6, rates = c(0.05, 0.03), slope_sd = c(0.012, 0.018), noise = 0.12),
  list(n = 8, rates = c(0.05, 0.035), slope_sd = c(0.012, 0.015), noise = 0.10),
  list(n = 12, rates = c(0.05, 0.04), slope_sd = c(0.010, 0.010), noise = 0.15))

# Welch's test given the two estimated variances, averaged over both by their chi-square quantiles.
exact <- function(d, level = 0.95, m = 400) {
  v <- (d$slope_sd^2 + d$noise^2 / sum((day - mean(day))^2)) / d$n
  at <- qchisq((seq_len(m) - 0.5) / m, d$n - 1) / (d$n - 1)
  s <- expand.grid(a = v[1] * at, b = v[2] * at)
  total <- s$a + s$b
  df <- total^2 / ((s$a^2 + s$b^2) / (d$n - 1))
  mean(pnorm((qt((1 - level) / 2, df) * sqrt(total) - (d$rates[2] - d$rates[1])) / sqrt(sum(v))))
}

# Helms (1992, Stat Med 11:1889), as SynergyLMM's APrioriPwr and nlmeU's Pwr have it: a noncentral F
# with the variances taken as known, and nlme's degrees of freedom of the readings.
known <- function(d, level = 0.95) {
  each <- (d$slope_sd^2 + d$noise^2 / sum((day - mean(day))^2)) / d$n
  effect <- d$rates[2] - d$rates[1]
  df <- 2 * d$n * length(day) - 2 * d$n - 2
  1 - pf(qf(level, 1, df), 1, df, ncp = effect^2 / sum(each))
}
many <- list(n = 300, rates = c(0.05, 0.0475), slope_sd = c(0.012, 0.012), noise = 0.10)
a_priori <- lapply(c(designs, list(many)), function(d) c(d, power = known(d)))

found <- lapply(designs, function(d) c(d, power = exact(d)))
write_json(list(made_with = list(R = as.character(getRversion())), day = day, designs = found, known_variance = a_priori),
           file.path(args[2], "power.json"), digits = 10, auto_unbox = TRUE, pretty = TRUE)
