# Readings that do not scatter alike. Rscript residual.R [STUDIES] [OUT]
# For some STUDIES/<study>.csv it writes <study>.residual.json to OUT: each arm alone by nlme, its mean
# a straight line, its mice with an intercept and a slope, and residuals whose standard deviation goes
# by a power of the diameter (varPower), by its inverse (varFixed: caliper error), or which are
# correlated in time (corCAR1; 0 where no correlation has a higher likelihood). The diameter is that of the mouse's own course in the fit of equal
# residuals. Standard errors and df by Kenward and Roger are those of lme4 and pbkrtest on the
# readings whitened at nlme's parameter; CR2 is clubSandwich's of nlme's fit.
source("tables.R")
source("mixed.R")
quietly({
  library(nlme)
  library(lme4)
  library(pbkrtest)
  library(clubSandwich)
})

STUDIES <- c("two_by_two")
control <- lmeControl(
  opt = "optim", optimMethod = "BFGS", maxIter = 500, msMaxIter = 2000, msTol = 1e-14,
  tolerance = 1e-12, niterEM = 100, returnObject = TRUE, reltol = 1e-15
)

fit_with <- function(own, ...) {
  quietly(lme(ln_volume ~ day, own, random = ~ day | mouse, control = control, ...))
}

# The best of several starts: the profile may have two tops.
best_of <- function(fits) {
  fits <- Filter(Negate(is.null), fits)
  fits[[which.max(vapply(fits, function(fit) as.numeric(logLik(fit)), 0))]]
}

tried <- function(expression) tryCatch(expression, error = function(e) NULL)

whitened <- function(own, fit, sd, rho) {
  parts <- lapply(split(seq_len(nrow(own)), own$mouse), function(at) {
    R <- outer(sd[at], sd[at]) * rho^abs(outer(own$day[at], own$day[at], "-"))
    root <- t(chol(R))
    white <- function(v) forwardsolve(root, v)
    data.frame(half_log_det = c(sum(log(diag(root))), rep(0, length(at) - 1)), mouse = own$mouse[at], y = white(own$ln_volume[at]), one = white(rep(1, length(at))), days = white(own$day[at]))
  })
  do.call(rbind, parts)
}

by_kenward_roger <- function(white, half_log_det) {
  fit <- tightly(y ~ 0 + one + days + (0 + one + days | mouse), white)
  adjusted <- quietly(vcovAdj(fit))
  c(sqrt(adjusted[2, 2]), quietly(Lb_ddf(c(0, 1), vcov(fit), adjusted)), as.numeric(logLik(fit)) - half_log_det)
}

told <- function(arm, residual, own, fit, sd, rho, parameter) {
  white <- whitened(own, fit, sd, rho)
  kr <- by_kenward_roger(white, sum(white$half_log_det))
  clustered <- tried(vcovCR(fit, type = "CR2"))
  cr2 <- if (is.null(clustered)) NULL else coef_test(fit, clustered, test = "Satterthwaite")
  rows(
    arm = arm, residual = residual, loglik = as.numeric(logLik(fit)), loglik_lme4 = kr[3], parameter = parameter,
    estimate = unname(fixef(fit)[2]), std_error_plain = sqrt(vcov(fit)[2, 2]),
    std_error = kr[1], df = kr[2],
    std_error_cr2 = if (is.null(cr2)) NA else cr2$SE[2], df_cr2 = if (is.null(cr2)) NA else cr2$df_Satt[2],
    sigma = fit$sigma
  )
}

one_arm <- function(arm, sheet) {
  own <- sheet[sheet$arm == arm, ]
  own$mouse <- factor(as.character(own$mouse))
  equal <- tightly(ln_volume ~ day + (day | mouse), own) # nlme stops short of variances of 0
  own$size <- exp(pmax(fitted(equal), min(own$ln_volume)) / 3)
  own$inverse <- own$size^-2
  relative <- own$size / exp(mean(log(own$size)))
  own$relative <- relative
  power <- best_of(lapply(c(-1, 1), function(start) {
    tried(fit_with(own, weights = varPower(start, form = ~relative)))
  }))
  delta <- unname(coef(power$modelStruct$varStruct, unconstrained = FALSE))
  caliper <- fit_with(own, weights = varFixed(~inverse))
  near <- best_of(lapply(c(0.2, 0.6, 0.9), function(start) {
    tried(fit_with(own, correlation = corCAR1(start, form = ~ day | mouse)))
  }))
  rho <- unname(coef(near$modelStruct$corStruct, unconstrained = FALSE))
  # nlme cannot reach a correlation of 0, and where it stops short of it hangs on the last digits.
  free <- fit_with(own)
  if (logLik(free) > logLik(near)) {
    near <- free
    rho <- 0
  }
  rbind(
    told(arm, "power", own, power, relative^delta, 0, delta),
    told(arm, "caliper", own, caliper, 1 / own$size, 0, NA),
    told(arm, "car1", own, near, rep(1, nrow(own)), rho, rho)
  )
}

write_answers(STUDIES, "residual", c("nlme", "lme4", "pbkrtest", "clubSandwich"), function(sheet, study) {
  list(arms = do.call(rbind, lapply(levels(sheet$arm), one_arm, sheet = sheet)))
})
