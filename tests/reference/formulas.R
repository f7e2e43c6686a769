# Gompertz growth, and decay and regrowth. Rscript formulas.R [STUDIES] [OUT]
# For some STUDIES/<study>.csv it writes <study>.formulas.json to OUT: each arm alone, its mean one of two
# formulas, its mice with an intercept and a slope, or with an intercept and a multiple of the arm's own change.
# Each round is lmer of the tangent at the last parameters, until nothing moves; standard errors and df by
# Kenward and Roger. `by_nlme` is the rate of nlme with the same random directions (a column of data), whose
# variances are not quite those of REML: it stands beside.
source("tables.R")
source("mixed.R")
quietly({
  library(lme4)
  library(pbkrtest)
})

STUDIES <- c("two_by_two", "unequal_spread")

gompertz <- function(day, r, k) -r * expm1(-k * day) / k
regrowth <- function(day, r, k) log(exp(-r * day) + exp(k * day) - 1)
KINDS <- list(gompertz = gompertz, regrowth = regrowth)
STARTS <- list(
  gompertz = expand.grid(r = c(-0.03, 0.03, 0.1), k = c(-0.02, 0.02, 0.1)),
  regrowth = expand.grid(r = c(-0.04, 0.005, 0.05), k = c(0.005, 0.05, 0.1))
)

tight <- nlme::nlmeControl(
  maxIter = 100, pnlsMaxIter = 20, msMaxIter = 200, tolerance = 1e-8, pnlsTol = 1e-6, msTol = 1e-11,
  minScale = 1e-12
)

slopes <- list(
  gompertz = function(day, r, k) {
    cbind(-expm1(-k * day) / k, r * (day * exp(-k * day) + expm1(-k * day) / k) / k)
  },
  regrowth = function(day, r, k) {
    left <- exp(-r * day) + exp(k * day) - 1
    cbind(-day * exp(-r * day) / left, day * exp(k * day) / left)
  }
)

# nlme looks for the model's name in the global environment, and takes its slopes from it.
by_nlme <- function(own, start, kind) {
  model <- function(day, z, a, b, r, k, u) {
    by <- slopes[[kind]](day, r[1], k[1])
    height <- a + b + KINDS[[kind]](day, r, k) + u * z
    attr(height, "gradient") <- cbind(a = 1, b = 1, r = by[, 1], k = by[, 2], u = z)
    height
  }
  assign("model", model, envir = globalenv())
  own <- nlme::groupedData(ln_volume ~ day | mouse, own)
  quietly(nlme::nlme(
    ln_volume ~ model(day, z, a, b, r, k, u), data = own, fixed = a + r + k ~ 1, random = b + u ~ 1,
    method = "REML", start = start, control = tight
  ))
}

# The direction in which mice depart from parameters p.
direction <- function(own, p, kind, paced, days) {
  if (!paced) return(own$day)
  mean_of <- KINDS[[kind]]
  grid <- seq(days[1], days[2], length.out = 33)
  mean_of(own$day, p[2], p[3]) / sqrt(mean(mean_of(grid, p[2], p[3])^2))
}

to_rest <- function(own, p, kind, paced, days) {
  for (round in 1:50) {
    own$z <- direction(own, p, kind, paced, days)
    own$X <- cbind(1, slopes[[kind]](own$day, p[2], p[3]))
    own$left <- own$ln_volume - p[1] - KINDS[[kind]](own$day, p[2], p[3]) + as.vector(own$X %*% p)
    fit <- tightly(left ~ 0 + X + (z | mouse), own)
    step <- unname(fixef(fit)) - p
    if (max(abs(step / sqrt(diag(as.matrix(vcov(fit)))))) < 1e-7) return(list(fit = fit, p = p, z = own$z))
    p <- p + step * min(1, 1 / (max(abs(step[-1])) * days[2]))
  }
  stop("not at rest")
}

one_arm <- function(arm, sheet, kind, paced) {
  mean_of <- KINDS[[kind]]
  own <- sheet[sheet$arm == arm, ]
  days <- followed(own)
  own <- own[own$day <= days[2], ]
  own$mouse <- factor(as.character(own$mouse))
  starts <- STARTS[[kind]]
  left <- vapply(seq_len(nrow(starts)), function(i) {
    height <- own$ln_volume - mean_of(own$day, starts$r[i], starts$k[i])
    sum((height - ave(height, own$mouse))^2)
  }, 0)
  best <- order(left)[1:2]
  rest <- NULL
  for (i in best) {
    first <- c(mean(own$ln_volume[own$day == min(own$day)]), starts$r[i], starts$k[i])
    rest <- tryCatch(to_rest(own, first, kind, paced, days), error = function(e) NULL)
    if (!is.null(rest)) break
  }
  if (is.null(rest)) return(NULL)
  rate <- function(p) unname(mean_of(days[2], p[2], p[3]) - mean_of(days[1], p[2], p[3])) / (days[2] - days[1])
  ends <- slopes[[kind]](days, rest$p[2], rest$p[3])
  weights <- c(0, (ends[2, ] - ends[1, ]) / (days[2] - days[1]))
  adjusted <- quietly(vcovAdj(rest$fit))
  own$z <- rest$z
  start <- setNames(rest$p, c("a", "r", "k"))
  theirs <- tryCatch({
    for (again in 1:4) start <- nlme::fixef(by_nlme(own, start, kind))
    rate(start)
  }, error = function(e) NA)
  rows(
    arm = arm, kind = kind, own_pace = paced, from_day = days[1], until_day = days[2],
    a = rest$p[1], first = rest$p[2], second = rest$p[3], estimate = rate(rest$p),
    std_error = sqrt(as.numeric(weights %*% adjusted %*% weights)),
    df = quietly(Lb_ddf(weights, vcov(rest$fit), adjusted)),
    sigma = sigma(rest$fit), loglik = as.numeric(logLik(rest$fit)), by_nlme = theirs
  )
}

write_answers(STUDIES, "formulas", c("lme4", "pbkrtest", "nlme"), function(sheet, study) {
  asked <- expand.grid(arm = levels(sheet$arm), kind = names(KINDS), paced = c(FALSE, TRUE), stringsAsFactors = FALSE)
  each <- lapply(seq_len(nrow(asked)), function(i) one_arm(asked$arm[i], sheet, asked$kind[i], asked$paced[i]))
  list(arms = do.call(rbind, each))
})
