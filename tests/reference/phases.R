# Straight lines that meet on declared days. Rscript phases.R [STUDIES] [OUT]
# For some STUDIES/<study>.csv it writes <study>.phases.json to OUT: each arm alone, its mean straight
# between the ends of its follow-up and the days TURNS between them, its mice with an intercept and a
# slope; standard errors and df by Kenward and Roger.
source("tables.R")
source("mixed.R")
quietly({
  library(lme4)
  library(pbkrtest)
})

TURNS <- list(regrowth = c(14, 28), two_by_two = c(10))

heights <- function(day, knots) {
  left <- pmin(pmax(findInterval(day, knots), 1), length(knots) - 1)
  after <- (day - knots[left]) / diff(knots)[left]
  weights <- matrix(0, length(day), length(knots))
  weights[cbind(seq_along(day), left)] <- 1 - after
  weights[cbind(seq_along(day), left + 1)] <- after
  weights
}

one_arm <- function(arm, sheet, turns) {
  own <- sheet[sheet$arm == arm, ]
  days <- followed(own)
  own <- own[own$day <= days[2], ]
  own$mouse <- factor(as.character(own$mouse))
  knots <- c(days[1], turns[turns > days[1] & turns < days[2]], days[2])
  own$X <- heights(own$day, knots)
  fit <- tightly(ln_volume ~ 0 + X + (day | mouse), own)
  ends <- heights(days, knots)
  weights <- (ends[2, ] - ends[1, ]) / (days[2] - days[1])
  adjusted <- quietly(vcovAdj(fit))
  rows(
    arm = arm, from_day = days[1], until_day = days[2], knots = paste(knots, collapse = " "),
    loglik = as.numeric(logLik(fit)), estimate = sum(weights * fixef(fit)),
    std_error = sqrt(as.numeric(weights %*% adjusted %*% weights)),
    df = quietly(Lb_ddf(weights, vcov(fit), adjusted)),
    first_rate = unname(diff(fixef(fit))[1] / diff(knots)[1]), sigma = sigma(fit)
  )
}

write_answers(names(TURNS), "phases", c("lme4", "pbkrtest"), function(sheet, study) {
  turns <- TURNS[[study]]
  list(turns = I(turns), arms = do.call(rbind, lapply(levels(sheet$arm), one_arm, sheet = sheet, turns = turns)))
})
