# Growth-rate reference numbers. Rscript growth.R [STUDIES] [OUT] [STUDY ...]
# For every STUDIES/<study>.csv (mouse, arm, day, volume) it writes to OUT
#   <study>.growth.json    ln V ~ arm * day + (day | mouse), one covariance for all arms
#   <study>.baseline.json  the same with one intercept, and the ratio model ln(V / V0)
#   <study>.by_arm.json    each arm fitted alone, and Welch's contrasts of the slopes
source("tables.R")
quietly({
  library(lme4)
  library(lmerTest)
  library(pbkrtest)
  library(emmeans)
  library(nlme)
})
emm_options(lmerTest.limit = 1e5, pbkrtest.limit = 1e5)

LEVEL <- 0.95

# ---- The fit, and whether it is the optimum ---------------------------------------------------

tight <- function(optimizer, parameters) {
  options <- switch(optimizer,
    bobyqa = list(rhobeg = 0.2, rhoend = 1e-12, maxfun = 2e5),
    Nelder_Mead = list(
      xst = rep(0.1, parameters), xt = rep(1e-12, parameters),
      FtolAbs = 1e-14, FtolRel = 1e-16, maxfun = 2e4
    ),
    nlminbwrap = list(rel.tol = 1e-15, x.tol = 1e-12, iter.max = 2000, eval.max = 4000)
  )
  lmerControl(
    optimizer = optimizer, optCtrl = options, calc.derivs = FALSE,
    check.conv.singular = "ignore", check.conv.grad = "ignore", check.conv.hess = "ignore"
  )
}

# lme4 can stop at a false stationary point where a diagonal of the factor is 0,
# so it is started from several covariances (in units of the residual SD).
starts <- function(parameters) {
  if (parameters == 1) return(list(1, 0.2, 0.01))
  list(c(1, 0, 1), c(3, 0, 0.2), c(2, -0.1, 0.05), c(2, 0.1, 0.05), c(0.3, 0, 0.3), c(1, 0.2, 0.001))
}

reml <- function(formula, sheet, optimizer, start) {
  control <- tight(optimizer, length(start))
  quietly(lmerTest::lmer(formula, sheet, control = control, start = start))
}

log_likelihood <- function(fit) as.numeric(logLik(fit))

# Best of six starts with bobyqa and of two other optimisers; each attempt is kept in the JSON.
fit_tightly <- function(formula, sheet) {
  default <- quietly(lme4::lmer(formula, sheet))
  from <- starts(length(getME(default, "theta")))
  attempts <- c(
    lapply(from, function(start) reml(formula, sheet, "bobyqa", start)),
    list(reml(formula, sheet, "Nelder_Mead", from[[1]]), reml(formula, sheet, "nlminbwrap", from[[1]]))
  )
  tried <- rows(
    optimizer = c(rep("bobyqa", length(from)), "Nelder_Mead", "nlminbwrap"),
    start = vapply(c(from, from[c(1, 1)]), paste, "", collapse = " "),
    reml_loglik = vapply(attempts, log_likelihood, 0)
  )
  best <- attempts[[which.max(tried$reml_loglik)]]
  list(fit = best, tried = tried, default = log_likelihood(default))
}

lower_factor <- function(covariance) {
  a <- sqrt(max(covariance[1, 1], 0))
  b <- if (a > 0) covariance[2, 1] / a else 0
  c(a, b, sqrt(max(covariance[2, 2] - b^2, 0)))
}

# Two certificates: the gradient of the REML deviance in theta, and, since theta hides the way out
# of a boundary, the smallest change of deviance when a small covariance of rank one is added.
certify <- function(fit, formula, sheet) {
  deviance_at <- quietly(lmer(formula, sheet, devFunOnly = TRUE))
  theta <- unname(getME(fit, "theta"))
  here <- deviance_at(theta)
  gradient <- numDeriv::grad(deviance_at, theta)
  if (length(theta) == 1) {
    lifted <- vapply(1e-4, function(step) deviance_at(sqrt(theta^2 + step)) - here, 0)
  } else {
    factor <- matrix(c(theta[1], theta[2], 0, theta[3]), 2)
    spread <- sqrt(mean(sheet$day^2))
    lifted <- vapply(seq(0, pi, length.out = 17)[-17], function(angle) {
      direction <- c(cos(angle), sin(angle) / spread)
      deviance_at(lower_factor(factor %*% t(factor) + 1e-4 * direction %o% direction)) - here
    }, 0)
  }
  list(largest_gradient = max(abs(gradient)), smallest_lift = min(lifted))
}

# ---- One fit, described -----------------------------------------------------------------------

covariance_facts <- function(fit) {
  components <- as.data.frame(VarCorr(fit))
  residual <- components$vcov[components$grp == "Residual"]
  if (length(getME(fit, "theta")) == 1) {
    return(list(var_day = components$vcov[1], var_residual = residual))
  }
  list(
    var_intercept = components$vcov[1], var_day = components$vcov[2],
    cov_intercept_day = components$vcov[3], var_residual = residual
  )
}

# The eigenvalues of the factor, with days in units of their RMS, tell how many directions mice vary in.
covariance_rank <- function(fit, sheet) {
  theta <- unname(getME(fit, "theta"))
  if (length(theta) == 1) return(as.integer(theta > 1e-6))
  factor <- diag(c(1, sqrt(mean(sheet$day^2)))) %*% matrix(c(theta[1], theta[2], 0, theta[3]), 2)
  sum(svd(factor)$d > 1e-5)
}

t_interval <- function(estimate, std_error, df) {
  half <- qt((1 + LEVEL) / 2, df) * std_error
  list(low = estimate - half, high = estimate + half)
}

estimates <- function(label, estimate, std_error, df) {
  statistic <- estimate / std_error
  interval <- t_interval(estimate, std_error, df)
  cbind(label, rows(
    estimate = estimate, std_error = std_error, df = df, statistic = statistic,
    p_value = 2 * pt(-abs(statistic), df), conf_low = interval$low, conf_high = interval$high
  ))
}

# pbkrtest and lmerTest, row by row of `weights` (contrasts of the fixed effects).
kenward_roger <- function(fit, weights) {
  adjusted <- quietly(vcovAdj(fit))
  df <- apply(weights, 1, function(w) quietly(Lb_ddf(w, vcov(fit), adjusted)))
  list(std_error = sqrt(rowSums((weights %*% as.matrix(adjusted)) * weights)), df = df)
}

satterthwaite <- function(fit, weights) {
  tests <- lapply(seq_len(nrow(weights)), function(i) quietly(contest1D(fit, weights[i, ])))
  table <- do.call(rbind, tests)
  list(std_error = table[["Std. Error"]], df = table[["df"]])
}

coefficients_table <- function(fit) {
  weights <- diag(length(fixef(fit)))
  kr <- kenward_roger(fit, weights)
  sat <- satterthwaite(fit, weights)
  rows(
    term = names(fixef(fit)), estimate = unname(fixef(fit)),
    std_error = sat$std_error, df_satterthwaite = sat$df,
    std_error_kenward_roger = kr$std_error, df_kenward_roger = kr$df
  )
}

describe <- function(attempt, formula, sheet) {
  fit <- attempt$fit
  c(
    list(
      formula = paste(deparse(formula), collapse = " "),
      n_measurements = nrow(sheet), n_mice = nlevels(droplevels(sheet$mouse)),
      reml_loglik = log_likelihood(fit), reml_loglik_default = attempt$default,
      attempts = attempt$tried, certificate = certify(fit, formula, sheet),
      theta = I(unname(getME(fit, "theta"))), sigma = sigma(fit),
      singular = isSingular(fit, tol = 1e-4), rank = covariance_rank(fit, sheet)
    ),
    covariance_facts(fit),
    list(coefficients = coefficients_table(fit))
  )
}

blups <- function(fit) {
  effects <- ranef(fit)$mouse
  named <- setNames(as.list(effects), sub("(Intercept)", "intercept", names(effects), fixed = TRUE))
  do.call(rows, c(list(mouse = rownames(effects)), named))
}

# ---- Slopes and their contrasts ---------------------------------------------------------------

slope_grid <- function(fit, method) {
  quietly(emtrends(fit, ~arm, var = "day", lmer.df = method))
}

slopes_table <- function(grid) {
  table <- quietly(as.data.frame(confint(grid, level = LEVEL)))
  estimates(rows(arm = as.character(table$arm)), table$day.trend, table$SE, table$df)
}

adjusted_p <- function(contrasts, adjust) {
  set.seed(1) # mvt integrates by quasi-Monte-Carlo
  quietly(as.data.frame(summary(contrasts, adjust = adjust, infer = c(FALSE, TRUE))))$p.value
}

adjusted_limits <- function(contrasts, adjust) {
  set.seed(1)
  table <- quietly(as.data.frame(summary(contrasts, adjust = adjust, infer = c(TRUE, FALSE), level = LEVEL)))
  list(low = table$lower.CL, high = table$upper.CL)
}

contrast_table <- function(contrasts, adjustments) {
  table <- quietly(as.data.frame(summary(contrasts, adjust = "none")))
  label <- gsub("[()]", "", as.character(table$contrast))
  result <- estimates(rows(contrast = label), table$estimate, table$SE, table$df)
  for (adjust in adjustments) {
    result[[paste0("p_", adjust)]] <- adjusted_p(contrasts, adjust)
    if (adjust == "holm") next # Holm has no simultaneous interval; emmeans would give Bonferroni's
    limits <- adjusted_limits(contrasts, adjust)
    result[[paste0(adjust, "_low")]] <- limits$low
    result[[paste0(adjust, "_high")]] <- limits$high
  }
  result
}

slopes_by <- function(fit, method) {
  grid <- slope_grid(fit, method)
  list(
    slopes = slopes_table(grid),
    pairs = contrast_table(pairs(grid), c("holm", "tukey")),
    control = contrast_table(contrast(grid, "trt.vs.ctrl1"), c("holm", "dunnettx", "mvt"))
  )
}

joint_slopes <- function(fit) {
  terms <- names(fixef(fit))
  weights <- diag(length(terms))[grepl("^arm.*:day$", terms), , drop = FALSE]
  kr <- quietly(KRmodcomp(fit, weights))$test["Ftest", ]
  sat <- quietly(contestMD(fit, weights, ddf = "Satterthwaite"))
  rows(
    method = c("kenward-roger", "satterthwaite"),
    statistic = c(kr$stat, sat[["F value"]]), df_numerator = c(kr$ndf, sat$NumDF),
    df_denominator = c(kr$ddf, sat$DenDF), scaling = c(kr$F.scaling, 1),
    p_value = c(kr$p.value, sat[["Pr(>F)"]])
  )
}

# ---- Combinations -----------------------------------------------------------------------------

drugs_of <- function(arm) if (arm == "vehicle") character() else sort(strsplit(arm, "+", fixed = TRUE)[[1]])

# Weights over arms from a list of (drug set, weight); NULL when an arm of it is not in the study.
weights_over <- function(arms, terms) {
  keys <- vapply(arms, function(arm) paste(drugs_of(arm), collapse = "+"), "")
  wanted <- vapply(terms, function(term) paste(sort(term$drugs), collapse = "+"), "")
  if (!all(wanted %in% keys)) return(NULL)
  weights <- setNames(numeric(length(arms)), arms)
  for (i in seq_along(terms)) {
    at <- match(wanted[i], keys)
    weights[at] <- weights[at] + terms[[i]]$weight
  }
  weights
}

term <- function(weight, ...) list(drugs = unlist(c(...)), weight = weight)

bliss_terms <- function(drugs) {
  singles <- lapply(drugs, function(drug) term(-1, drug))
  c(list(term(1, drugs)), singles, list(term(length(drugs) - 1, character())))
}

# Sum over sub-combinations with alternating sign: beyond everything that the smaller sets explain.
interaction_terms <- function(drugs, with = character()) {
  sets <- unlist(lapply(0:length(drugs), function(m) combn(drugs, m, simplify = FALSE)), recursive = FALSE)
  lapply(sets, function(set) term((-1)^(length(drugs) - length(set)), set, with))
}

halved <- function(terms) lapply(terms, function(t) list(drugs = t$drugs, weight = t$weight / 2))

combination_weights <- function(arms) {
  drugs <- unique(unlist(lapply(arms, drugs_of)))
  name <- function(set) paste(set, collapse = "+")
  found <- list()
  add <- function(key, terms) {
    weights <- weights_over(arms, terms)
    if (!is.null(weights)) found[[key]] <<- weights
  }
  for (pair in if (length(drugs) >= 2) combn(drugs, 2, simplify = FALSE)) {
    add(paste("bliss", name(pair)), bliss_terms(pair))
  }
  if (length(drugs) != 3) return(found)
  add(paste("bliss", name(drugs)), bliss_terms(drugs))
  for (pair in combn(drugs, 2, simplify = FALSE)) {
    other <- setdiff(drugs, pair)
    add(paste("bliss_doublet", name(pair), "and", other),
      list(term(1, drugs), term(-1, pair), term(-1, other), term(1, character())))
    add(paste("interaction", name(pair), "with", other), interaction_terms(pair, other))
    add(paste("interaction", name(pair), "averaged over", other),
      halved(c(interaction_terms(pair), interaction_terms(pair, other))))
  }
  add(paste("interaction", name(drugs)), interaction_terms(drugs))
  found
}

combinations_table <- function(fit, weights) {
  if (length(weights) == 0) return(NULL)
  table <- quietly(as.data.frame(summary(contrast(slope_grid(fit, "kenward-roger"), weights))))
  estimates(rows(contrast = names(weights)), table$estimate, table$SE, table$df)
}

# ---- The pooled model and its two relatives ---------------------------------------------------

pooled_model <- function(sheet, weights) {
  formula <- ln_volume ~ arm * day + (day | mouse)
  attempt <- fit_tightly(formula, sheet)
  fit <- attempt$fit
  c(describe(attempt, formula, sheet), list(
    kenward_roger = slopes_by(fit, "kenward-roger"),
    satterthwaite = slopes_by(fit, "satterthwaite"),
    joint = joint_slopes(fit),
    combinations = combinations_table(fit, weights),
    vcov = unname(as.matrix(vcov(fit))),
    vcov_kenward_roger = unname(as.matrix(quietly(vcovAdj(fit)))),
    blups = blups(fit)
  ))
}

common_intercept_model <- function(sheet, weights) {
  formula <- ln_volume ~ day:arm + (day | mouse)
  attempt <- fit_tightly(formula, sheet)
  c(describe(attempt, formula, sheet), list(
    kenward_roger = slopes_by(attempt$fit, "kenward-roger"),
    combinations = combinations_table(attempt$fit, weights)
  ))
}

# ln(V / V0) on the rows after day 0; NULL when a mouse has no reading on day 0.
ratio_rows <- function(sheet) {
  start <- sheet[sheet$day == 0, ]
  if (!setequal(start$mouse, sheet$mouse)) return(NULL)
  sheet$ln_ratio <- sheet$ln_volume - start$ln_volume[match(sheet$mouse, start$mouse)]
  sheet[sheet$day > 0, ]
}

# The same model by nlme, whose containment df differ: another hand on the same likelihood.
ratio_by_nlme <- function(sheet) {
  control <- lmeControl(maxIter = 500, msMaxIter = 500, tolerance = 1e-10, msTol = 1e-12)
  fixed <- if (nlevels(sheet$arm) > 1) ln_ratio ~ 0 + day:arm else ln_ratio ~ 0 + day
  fit <- tryCatch(
    quietly(lme(fixed, random = ~ 0 + day | mouse, data = sheet, control = control)),
    error = function(problem) NULL # nlme gives up on a boundary fit; lme4's stands alone then
  )
  if (is.null(fit)) return(NULL)
  list(reml_loglik = log_likelihood(fit), sigma = fit$sigma, sd_day = sqrt(getVarCov(fit)[1, 1]),
    estimate = I(unname(fixef(fit))), std_error = I(unname(sqrt(diag(vcov(fit))))))
}

ratio_model <- function(sheet, weights) {
  late <- ratio_rows(sheet)
  if (is.null(late)) return(NULL)
  formula <- ln_ratio ~ 0 + day:arm + (0 + day | mouse)
  attempt <- fit_tightly(formula, late)
  c(describe(attempt, formula, late), list(
    kenward_roger = slopes_by(attempt$fit, "kenward-roger"),
    combinations = combinations_table(attempt$fit, weights),
    nlme = ratio_by_nlme(late)
  ))
}

# ---- Each arm alone, and Welch's contrasts of them --------------------------------------------

arm_alone <- function(sheet, arm, formula) {
  own <- droplevels(sheet[sheet$arm == arm, ])
  attempt <- fit_tightly(formula, own)
  fit <- attempt$fit
  table <- coefficients_table(fit)
  slope <- table[table$term == "day", ]
  certificate <- certify(fit, formula, own)
  do.call(rows, c(
    list(
      arm = arm, n_mice = nlevels(own$mouse), n_measurements = nrow(own),
      reml_loglik = log_likelihood(fit), estimate = slope$estimate, std_error = slope$std_error,
      df_satterthwaite = slope$df_satterthwaite,
      std_error_kenward_roger = slope$std_error_kenward_roger, df_kenward_roger = slope$df_kenward_roger
    ),
    covariance_facts(fit),
    list(
      singular = isSingular(fit, tol = 1e-4), rank = covariance_rank(fit, own),
      largest_gradient = certificate$largest_gradient, smallest_lift = certificate$smallest_lift
    )
  ))
}

# df = (sum w^2 V)^2 / sum(w^4 V^2 / df), Welch-Satterthwaite.
welch_contrast <- function(weights, alone) {
  parts <- weights^2 * alone$std_error_kenward_roger^2
  c(
    estimate = sum(weights * alone$estimate), std_error = sqrt(sum(parts)),
    df = sum(parts)^2 / sum(parts^2 / alone$df_kenward_roger)
  )
}

welch_table <- function(weights, alone) {
  if (length(weights) == 0) return(NULL)
  values <- vapply(weights, welch_contrast, numeric(3), alone = alone)
  estimates(rows(contrast = names(weights)),
    values["estimate", ], values["std_error", ], values["df", ])
}

pair_weights <- function(arms) {
  pairs <- combn(seq_along(arms), 2, simplify = FALSE)
  weights <- lapply(pairs, function(pair) replace(numeric(length(arms)), pair, c(1, -1)))
  setNames(weights, vapply(pairs, function(pair) paste(arms[pair], collapse = " - "), ""))
}

welch_pairs <- function(alone) {
  table <- welch_table(pair_weights(alone$arm), alone)
  table$p_holm <- p.adjust(table$p_value, "holm")
  table$p_games_howell <- ptukey(abs(table$statistic) * sqrt(2), nrow(alone), table$df, lower.tail = FALSE)
  table
}

# Equality of all slopes, Welch 1951 with the Kenward-Roger df of each arm in the place of n - 1.
welch_james <- function(alone) {
  k <- nrow(alone)
  weight <- 1 / alone$std_error_kenward_roger^2
  share <- weight / sum(weight)
  lack <- sum((1 - share)^2 / alone$df_kenward_roger)
  between <- sum(weight * (alone$estimate - sum(share * alone$estimate))^2) / (k - 1)
  statistic <- between / (1 + 2 * (k - 2) / (k^2 - 1) * lack)
  df <- (k^2 - 1) / (3 * lack)
  rows(statistic = statistic, df_numerator = k - 1, df_denominator = df,
    p_value = pf(statistic, k - 1, df, lower.tail = FALSE))
}

each_arm_alone <- function(sheet, weights, formula) {
  alone <- do.call(rbind, lapply(levels(sheet$arm), arm_alone, sheet = sheet, formula = formula))
  list(
    formula = paste(deparse(formula), collapse = " "), arms = alone,
    reml_loglik = sum(alone$reml_loglik), pairs = welch_pairs(alone),
    combinations = welch_table(weights, alone), joint = welch_james(alone)
  )
}

# ---- A study ----------------------------------------------------------------------------------

facts <- function(study, sheet, weights) {
  list(
    study = study,
    made_with = made_with(c("lme4", "lmerTest", "pbkrtest", "emmeans", "nlme", "mvtnorm")),
    arms = I(levels(sheet$arm)),
    combination_weights = if (length(weights)) lapply(weights, function(w) I(unname(w)))
  )
}

# Three files a study, none of them large: the pooled model, its other baselines, each arm alone.
describe_study <- function(study, path) {
  sheet <- read_growth(path)
  late <- ratio_rows(sheet)
  weights <- combination_weights(levels(sheet$arm))
  list(
    growth = c(facts(study, sheet, weights), list(pooled = pooled_model(sheet, weights))),
    baseline = c(facts(study, sheet, weights), list(
      common = common_intercept_model(sheet, weights),
      ratio = ratio_model(sheet, weights)
    )),
    by_arm = c(facts(study, sheet, weights), list(
      by_arm = each_arm_alone(sheet, weights, ln_volume ~ day + (day | mouse)),
      ratio_by_arm = if (!is.null(late)) {
        each_arm_alone(late, weights, ln_ratio ~ 0 + day + (0 + day | mouse))
      }
    ))
  )
}

asked <- arguments(".csv")
for (study in names(asked$paths)) {
  files <- describe_study(study, asked$paths[[study]])
  for (kind in names(files)) {
    write_result(files[[kind]], file.path(asked$out, paste0(study, ".", kind, ".json")))
  }
}
