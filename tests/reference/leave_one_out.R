# The claims on growth without each mouse. Rscript leave_one_out.R [STUDIES] [OUT] [STUDY ...]
# For some STUDIES/<study>.csv it writes <study>.leave_one_out.json to OUT: every contrast of
# slopes with the first arm and of the last arm with its parts, by Kenward-Roger, of the model
# fitted anew without each mouse; `pooled`, and each arm fitted alone (`by_arm`).
source("tables.R")
quietly({
  library(lme4)
  library(pbkrtest)
})

# The best of some starts: lme4 can stop at a false stationary point.
tightly <- function(formula, sheet) {
  control <- lmerControl(
    optimizer = "bobyqa", optCtrl = list(rhobeg = 0.2, rhoend = 1e-12, maxfun = 2e5),
    calc.derivs = FALSE, check.conv.singular = "ignore"
  )
  fits <- lapply(
    list(c(1, 0, 1), c(2, -0.1, 0.05), c(2, 0.1, 0.05), c(0.3, 0, 0.3)),
    function(start) quietly(lmer(formula, sheet, control = control, start = start))
  )
  fits[[which.max(vapply(fits, function(fit) as.numeric(logLik(fit)), 0))]]
}

# Arm by arm: +1 and -1 on the slopes of the two arms of each contrast.
asked_of <- function(arms) {
  last <- arms[length(arms)]
  pairs <- c(
    lapply(arms[-1], function(arm) c(arm, arms[1])),
    lapply(setdiff(arms[-1], last), function(part) c(last, part))
  )
  weights <- t(vapply(pairs, function(pair) (arms == pair[1]) - (arms == pair[2]), 0 * seq_along(arms)))
  rownames(weights) <- vapply(pairs, paste, "", collapse = " - ")
  weights
}

tested <- function(mouse, weights, estimate, std_error, df) {
  rows(
    mouse = mouse, contrast = rownames(weights), estimate = estimate, std_error = std_error,
    df = df, p_value = 2 * pt(-abs(estimate / std_error), df)
  )
}

pooled <- function(sheet, mouse) {
  arms <- levels(sheet$arm)
  fit <- tightly(ln_volume ~ 0 + arm + arm:day + (day | mouse), sheet)
  slopes <- asked_of(arms)
  weights <- cbind(0 * slopes, slopes)
  rownames(weights) <- rownames(slopes)
  adjusted <- quietly(vcovAdj(fit))
  df <- apply(weights, 1, function(w) quietly(Lb_ddf(w, vcov(fit), adjusted)))
  error <- sqrt(rowSums((weights %*% as.matrix(adjusted)) * weights))
  tested(mouse, weights, drop(weights %*% fixef(fit)), error, df)
}

slope_alone <- function(sheet) {
  fit <- tightly(ln_volume ~ day + (day | mouse), sheet)
  adjusted <- quietly(vcovAdj(fit))
  df <- quietly(Lb_ddf(c(0, 1), vcov(fit), adjusted))
  c(fixef(fit)[["day"]], as.matrix(adjusted)[2, 2], df)
}

# Welch-Satterthwaite of arms that were fitted one by one.
combined <- function(slopes, mouse) {
  weights <- asked_of(colnames(slopes))
  variance <- weights^2 %*% slopes[2, ]
  df <- variance^2 / (weights^4 %*% (slopes[2, ]^2 / slopes[3, ]))
  tested(mouse, weights, drop(weights %*% slopes[1, ]), drop(sqrt(variance)), drop(df))
}

asked <- arguments(".csv")
for (study in intersect(names(asked$paths), c("two_by_two"))) {
  sheet <- read_growth(asked$paths[[study]])
  mice <- levels(sheet$mouse)
  without <- function(mouse) droplevels(sheet[sheet$mouse != mouse, ])
  whole <- sapply(levels(sheet$arm), function(arm) slope_alone(droplevels(sheet[sheet$arm == arm, ])))
  by_arm <- lapply(mice, function(mouse) {
    arm <- as.character(sheet$arm[sheet$mouse == mouse][1])
    left <- without(mouse)
    slopes <- whole
    slopes[, arm] <- slope_alone(droplevels(left[left$arm == arm, ]))
    combined(slopes, mouse)
  })
  write_result(
    list(
      made_with = made_with(c("lme4", "pbkrtest", "jsonlite")),
      pooled = do.call(rbind, lapply(mice, function(mouse) pooled(without(mouse), mouse))),
      by_arm = do.call(rbind, by_arm)
    ),
    file.path(asked$out, paste0(study, ".leave_one_out.json"))
  )
}
