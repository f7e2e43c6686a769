# Reference numbers for counts and means of groups. Rscript groups.R [STUDIES] [OUT]
# Writes OUT/groups.json: exact binomial intervals, Welch's t, Games-Howell.
source("tables.R")

# Clopper-Pearson, with the counts that response tables have: none, one, all, and between.
exact_interval <- function(events, mice, level) {
  interval <- binom.test(events, mice, conf.level = level)$conf.int
  rows(events = events, mice = mice, level = level, estimate = events / mice,
    conf_low = interval[1], conf_high = interval[2])
}

exact_intervals <- function() {
  mice <- c(1, 3, 6, 8, 10, 10, 12)
  counts <- list(0:1, 0:3, c(0, 1, 6), c(0, 3, 8), c(0, 1, 5), c(9, 10), c(0, 2, 7, 12))
  cases <- do.call(rbind, Map(function(n, k) data.frame(events = k, mice = n), mice, counts))
  at <- function(level) {
    do.call(rbind, Map(exact_interval, cases$events, cases$mice, MoreArgs = list(level = level)))
  }
  rbind(at(0.95), at(0.9))
}

# Growth rates per day of single mice, made up: spread and number differ by arm.
mouse_rates <- list(
  vehicle = c(0.061, 0.048, 0.055, 0.071, 0.066, 0.052, 0.059, 0.047),
  fulvestrant = c(0.022, 0.041, 0.035, 0.018, 0.049, 0.027),
  alpelisib = c(0.012, 0.055, -0.008, 0.031, 0.062),
  combination = c(-0.011, -0.007, -0.015, -0.002, -0.009, -0.012, -0.004)
)

welch <- function(one, two) {
  test <- t.test(mouse_rates[[one]], mouse_rates[[two]])
  rows(contrast = paste(one, "-", two), estimate = unname(test$estimate[1] - test$estimate[2]),
    std_error = test$stderr, df = unname(test$parameter), statistic = unname(test$statistic),
    p_value = test$p.value, conf_low = test$conf.int[1], conf_high = test$conf.int[2])
}

# Welch's t of each pair, referred to the studentised range of all arms: q = |t| sqrt(2).
games_howell <- function() {
  table <- do.call(rbind, combn(names(mouse_rates), 2, function(pair) welch(pair[1], pair[2]), simplify = FALSE))
  arms <- length(mouse_rates)
  half <- qtukey(0.95, arms, table$df) / sqrt(2) * table$std_error
  cbind(table, rows(
    p_games_howell = ptukey(abs(table$statistic) * sqrt(2), arms, table$df, lower.tail = FALSE),
    simultaneous_low = table$estimate - half, simultaneous_high = table$estimate + half
  ))
}

# Equality of all means when spreads differ.
welch_anova <- function() {
  long <- stack(mouse_rates)
  test <- oneway.test(values ~ ind, long, var.equal = FALSE)
  rows(statistic = unname(test$statistic), df_numerator = unname(test$parameter[1]),
    df_denominator = unname(test$parameter[2]), p_value = test$p.value)
}

write_result(
  list(
    made_with = made_with("stats"),
    clopper_pearson = exact_intervals(),
    mouse_rates = lapply(mouse_rates, I),
    pairs = games_howell(),
    welch_anova = welch_anova()
  ),
  file.path(arguments(".csv")$out, "groups.json")
)
