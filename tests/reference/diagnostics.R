# Residuals and leave-one-mouse-out rates. Rscript diagnostics.R [STUDIES] [OUT] [STUDY ...]
# For some STUDIES/<study>.csv it writes <study>.diagnostics.json to OUT: ln V ~ arm * day +
# (day | mouse), one covariance for all arms (`pooled`), and each arm fitted alone (`by_arm`).
source("tables.R")
quietly(library(lme4))

tightly <- function(formula, sheet) {
  control <- lmerControl(
    optimizer = "bobyqa", optCtrl = list(rhobeg = 0.2, rhoend = 1e-12, maxfun = 2e5),
    calc.derivs = FALSE, check.conv.singular = "ignore"
  )
  quietly(lmer(formula, sheet, control = control))
}

# Generalised least squares without one mouse, the covariance matrix kept.
without <- function(fit, mouse) {
  X <- getME(fit, "X")
  Z <- as.matrix(getME(fit, "Z"))
  y <- getME(fit, "y")
  L <- as.matrix(getME(fit, "Lambda"))
  V <- sigma(fit)^2 * (diag(length(y)) + Z %*% L %*% t(L) %*% t(Z))
  kept <- model.frame(fit)$mouse != mouse
  W <- solve(V[kept, kept])
  drop(solve(t(X[kept, ]) %*% W %*% X[kept, ], t(X[kept, ]) %*% W %*% y[kept]))
}

diagnosed <- function(fit, sheet, slope_of) {
  mice <- unique(sheet[c("mouse", "arm")])
  rates <- mapply(
    function(mouse, arm) without(fit, mouse)[[slope_of(arm)]],
    as.character(mice$mouse), as.character(mice$arm)
  )
  list(
    residuals = rows(
      mouse = as.character(sheet$mouse), day = sheet$day,
      fitted = unname(fitted(fit)), residual = unname(residuals(fit, scaled = TRUE))
    ),
    without = rows(mouse = as.character(mice$mouse), estimate = unname(rates))
  )
}

asked <- arguments(".csv")
for (study in intersect(names(asked$paths), c("two_by_two", "unequal_spread"))) {
  sheet <- read_growth(asked$paths[[study]])
  pooled <- tightly(ln_volume ~ 0 + arm + arm:day + (day | mouse), sheet)
  by_arm <- lapply(levels(sheet$arm), function(arm) {
    own <- droplevels(sheet[sheet$arm == arm, ])
    diagnosed(tightly(ln_volume ~ day + (day | mouse), own), own, function(arm) "day")
  })
  write_result(
    list(
      made_with = made_with(c("lme4", "jsonlite")),
      pooled = diagnosed(pooled, sheet, function(arm) paste0("arm", arm, ":day")),
      by_arm = list(
        residuals = do.call(rbind, lapply(by_arm, `[[`, "residuals")),
        without = do.call(rbind, lapply(by_arm, `[[`, "without"))
      )
    ),
    file.path(asked$out, paste0(study, ".diagnostics.json"))
  )
}
