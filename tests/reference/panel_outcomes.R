# Reference numbers for days gained, responders and weight of panels. Rscript panel_outcomes.R [STUDIES] [OUT]
# Writes OUT/panel_outcomes.json: one mouse a line and arm, arms paired within lines: t tests, exact sign flips,
# pseudo-values by leaving each mouse out of survfit, Agresti and Min's error of paired responders.
source("tables.R")
library(survival)

lines <- sprintf("L%02d", 1:12)
arms <- c("vehicle", "A")
until <- 24

# Mice made up by fixed numbers: the treated respond more often, progress later and lose weight.
cells <- expand.grid(arm = arms, line = lines, stringsAsFactors = FALSE)
i <- seq_len(nrow(cells))
treated <- cells$arm == "A"
day <- 4 * ceiling(1.2 + 1.5 * sin(2.3 * i)^2 + ifelse(treated, 1.7 + 1.6 * sin(i), 0.4))
event <- as.integer(!(treated & i %% 3 == 0))
mice <- rows(line = cells$line, arm = cells$arm, responded = as.integer(treated & sin(5 * i) > -0.45), day = day, event = event)
weighed <- c(0, 7, 14, 21)
weights <- do.call(rbind, lapply(i, function(k) {
  change <- -0.25 * weighed * treated[k] + 1.2 * sin(3 * k) * weighed / 7 + 0.6 * cos(k + weighed) * (weighed > 0)
  rows(line = cells$line[k], arm = cells$arm[k], day = weighed, change_percent = change)
}))

# Twice the sign flips of the lines' differences are as far from 0 as those seen, of all there are.
sign_flips <- function(apart) {
  signs <- as.matrix(expand.grid(rep(list(c(-1, 1)), length(apart))))
  mean(abs(signs %*% apart) >= abs(sum(apart)) - 1e-9)
}

paired <- function(apart) {
  test <- t.test(apart)
  rows(estimate = unname(test$estimate), std_error = test$stderr, p_t = test$p.value, p_flips = sign_flips(apart),
    conf_low = test$conf.int[1], conf_high = test$conf.int[2])
}
apart_of <- function(value) value[treated] - value[!treated]

mean_days <- function(own) {
  unname(summary(survfit(Surv(day, event) ~ 1, own), rmean = until)$table["rmean"])
}
pseudo <- function(own) {
  n <- nrow(own)
  n * mean_days(own) - (n - 1) * sapply(seq_len(n), function(k) mean_days(own[-k, ]))
}
days <- numeric(nrow(mice))
for (arm in arms) days[mice$arm == arm] <- pseudo(mice[mice$arm == arm, ])

# Half a line more of either largest difference, one line more of none (Agresti and Min 2005).
responders <- apart_of(mice$responded)
n <- length(responders) + 2
more <- c(responders, 0.5, -0.5)
least <- sqrt((sum(responders^2) + 1 - sum(responders)^2 / n) / n^2)

# Each mouse's average over the days that all share, after the baseline: areas of trapezia.
average <- function(own) {
  own <- own[own$day > 0, ]
  sum(diff(own$day) * (head(own$change_percent, -1) + tail(own$change_percent, -1)) / 2) / diff(range(own$day))
}
change <- sapply(i, function(k) average(weights[weights$line == cells$line[k] & weights$arm == cells$arm[k], ]))

write_result(
  list(
    made_with = made_with(c("stats", "survival")),
    mice = mice,
    weights = weights,
    until = until,
    days = paired(apart_of(days)),
    responders = cbind(paired(responders), least_error = least),
    weight = paired(apart_of(change))
  ),
  file.path(arguments(".csv")$out, "panel_outcomes.json")
)
