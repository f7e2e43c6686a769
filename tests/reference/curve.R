# Curves of ln volume. Rscript curve.R [STUDIES] [OUT]
# For some STUDIES/<study>.csv it writes <study>.curve.json to OUT: each arm alone, its mean a natural
# cubic spline with the heights at its knots as coefficients (splinefun, method "natural"), its mice
# with an intercept and a slope, or an intercept and a multiple of the arm's fitted change; standard
# errors and df by Kenward and Roger, and clustered by mouse (CR2, Satterthwaite). Knots,
# follow-up and basis are worked out anew here, by the rules of docs/methods.md.
source("tables.R")
source("mixed.R")
quietly({
  library(lme4)
  library(pbkrtest)
  library(clubSandwich)
})

STUDIES <- c("regrowth", "two_by_two", "unequal_spread")

knots_of <- function(sheet, days) {
  inside <- sheet$day[sheet$day >= days[1] & sheet$day <= days[2]]
  visits <- median(table(as.character(sheet$mouse)))
  count <- if (visits >= 12) 4 else if (visits >= 7) 3 else if (visits >= 4) 1 else 0
  count <- min(count, length(unique(inside)) - 2)
  inner <- if (count > 0) unique(quantile(inside, seq_len(count) / (count + 1), names = FALSE)) else numeric(0)
  c(days[1], inner[inner > days[1] & inner < days[2]], days[2])
}

heights <- function(day, knots) {
  vapply(seq_along(knots), function(k) {
    splinefun(knots, as.numeric(seq_along(knots) == k), method = "natural")(day)
  }, numeric(length(day)))
}

one_arm <- function(arm, sheet) {
  own <- sheet[sheet$arm == arm, ]
  days <- followed(own)
  own <- own[own$day <= days[2], ]
  own$mouse <- factor(as.character(own$mouse))
  knots <- knots_of(own, days)
  # Two knots are a straight line; its intercept and slope set the unit of the likelihood.
  straight <- length(knots) == 2
  own$X <- if (straight) cbind(1, own$day) else heights(own$day, knots)
  slope <- tightly(ln_volume ~ 0 + X + (day | mouse), own)
  change <- fixef(slope) - fixef(slope)[1]
  moved <- diff(range(fixef(slope)))
  fit <- slope
  paced <- FALSE
  if (!straight && moved > 2 * sigma(slope)) {
    own$pace <- as.vector(own$X %*% (change / sqrt(mean(change^2))))
    own_pace <- tightly(ln_volume ~ 0 + X + (pace | mouse), own)
    paced <- as.numeric(logLik(own_pace)) > as.numeric(logLik(slope))
    if (paced) fit <- own_pace
  }
  ends <- if (straight) cbind(1, days) else heights(days, knots)
  weights <- (ends[2, ] - ends[1, ]) / (days[2] - days[1])
  adjusted <- quietly(vcovAdj(fit))
  clustered <- vcovCR(fit, type = "CR2")
  by_mouse <- linear_contrast(fit, clustered, contrasts = matrix(weights, 1), test = "Satterthwaite")
  rows(
    arm = arm, from_day = days[1], until_day = days[2], knots = paste(knots, collapse = " "),
    loglik_slope = as.numeric(logLik(slope)), loglik = as.numeric(logLik(fit)), own_pace = paced,
    estimate = sum(weights * fixef(fit)),
    std_error = sqrt(as.numeric(weights %*% adjusted %*% weights)),
    df = quietly(Lb_ddf(weights, vcov(fit), adjusted)),
    std_error_cr2 = by_mouse$SE, df_cr2 = by_mouse$df, sigma = sigma(fit)
  )
}

write_answers(STUDIES, "curve", c("lme4", "pbkrtest", "clubSandwich"), function(sheet, study) {
  list(arms = do.call(rbind, lapply(levels(sheet$arm), one_arm, sheet = sheet)))
})
