# Synergy reference numbers. Rscript synergy.R [STUDIES] [OUT] [STUDY ...]
# For the studies whose arms are a full factorial it writes <study>.synergy.json:
#   pooled  ln V ~ arm * day + (day | mouse): rates by emmeans with Kenward-Roger
#   by_arm  each arm alone; sums by Welch-Satterthwaite, joint tests by Johansen (1980)
# with `excess` (Bliss, each against doublet and single, interaction), `factorial` (effects averaged over
# the other drugs), `joint`, `change` (of ln volume at DAY) and `additivity` (delta method at DAY).
source("tables.R")
quietly({
  library(lme4)
  library(pbkrtest)
  library(emmeans)
})
emm_options(pbkrtest.limit = 1e5)

LEVEL <- 0.95
DAY <- 5 # early enough for added responses to be a tumour still

drugs_of <- function(arm) if (arm == "vehicle") character() else sort(strsplit(arm, "+", fixed = TRUE)[[1]])
key <- function(drugs) paste(sort(drugs), collapse = "+")
subsets <- function(drugs) {
  unlist(lapply(0:length(drugs), function(m) combn(drugs, m, simplify = FALSE)), recursive = FALSE)
}

# ---- Weights over the arms -----------------------------------------------------------------------

# A vector over arms from weights named by drug sets.
over <- function(arms, terms) {
  keys <- vapply(arms, function(arm) key(drugs_of(arm)), "")
  stopifnot(names(terms) %in% keys)
  setNames(vapply(keys, function(k) sum(terms[names(terms) == k]), 0), arms)
}

bliss <- function(drugs) {
  c(setNames(1, key(drugs)), setNames(rep(-1, length(drugs)), drugs), setNames(length(drugs) - 1, ""))
}

interaction_of <- function(drugs) {
  sets <- subsets(drugs)
  setNames((-1)^(length(drugs) - lengths(sets)), vapply(sets, key, ""))
}

excess_weights <- function(arms) {
  found <- list()
  for (arm in arms) {
    drugs <- drugs_of(arm)
    if (length(drugs) < 2) next
    found[[paste("bliss", key(drugs))]] <- over(arms, bliss(drugs))
    found[[paste("interaction", key(drugs))]] <- over(arms, interaction_of(drugs))
    for (drug in if (length(drugs) > 2) drugs) {
      rest <- setdiff(drugs, drug)
      terms <- setNames(c(1, -1, -1, 1), c(key(drugs), key(rest), drug, ""))
      found[[paste("bliss_doublet", key(rest), "and", drug)]] <- over(arms, terms)
    }
  }
  found
}

# The effect of a set of drugs in the factorial, by Kronecker products of differences and means.
effect_weights <- function(arms, effect, drugs) {
  factors <- sapply(arms, function(arm) as.numeric(drugs %in% drugs_of(arm)))
  factors <- matrix(factors, nrow = length(drugs), dimnames = list(drugs, arms))
  weights <- rep(1, length(arms))
  for (drug in drugs) {
    weights <- weights * if (drug %in% effect) 2 * factors[drug, ] - 1 else 0.5
  }
  setNames(weights, arms)
}

factorial_weights <- function(arms) {
  drugs <- sort(unique(unlist(lapply(arms, drugs_of))))
  effects <- Filter(length, subsets(drugs))
  setNames(lapply(effects, function(e) effect_weights(arms, e, drugs)), vapply(effects, key, ""))
}

joint_weights <- function(arms) {
  effects <- factorial_weights(arms)
  orders <- vapply(strsplit(names(effects), "+", fixed = TRUE), length, 0L)
  pairs <- Filter(function(arm) length(drugs_of(arm)) == 2, arms)
  list(
    interactions = do.call(rbind, effects[orders > 1]),
    effects = do.call(rbind, effects),
    pairs = do.call(rbind, lapply(pairs, function(arm) over(arms, bliss(drugs_of(arm)))))
  )
}

# ---- Rows ----------------------------------------------------------------------------------------

row_of <- function(label, estimate, std_error, df) {
  statistic <- estimate / std_error
  half <- qt((1 + LEVEL) / 2, df) * std_error
  cbind(label, rows(
    estimate = estimate, std_error = std_error, df = df, statistic = statistic,
    p_value = 2 * pt(-abs(statistic), df), conf_low = estimate - half, conf_high = estimate + half
  ))
}

# A model is what it says of weighted sums of rates, and of several sums at once.
sums <- function(model, weights) {
  found <- lapply(weights, model$sum)
  estimate <- vapply(found, `[[`, 0, "estimate")
  row_of(rows(contrast = names(weights)), estimate,
    vapply(found, `[[`, 0, "std_error"), vapply(found, `[[`, 0, "df"))
}

joints <- function(model, weights) {
  found <- lapply(weights, model$joint)
  rows(
    test = names(weights), statistic = vapply(found, `[[`, 0, "statistic"),
    df_numerator = vapply(found, `[[`, 0, "df_numerator"),
    df_denominator = vapply(found, `[[`, 0, "df_denominator"),
    p_value = vapply(found, `[[`, 0, "p_value")
  )
}

# Relative volume of each combination less what its drugs add up to: a sum with the gradient as
# weights has the standard error and df; its log ratio to the expectation likewise.
additivity <- function(model, arms) {
  combined <- Filter(function(arm) length(drugs_of(arm)) >= 2, arms)
  tables <- lapply(combined, function(arm) {
    weights <- over(arms, bliss(drugs_of(arm)))
    volume <- exp(DAY * model$rates)
    difference <- model$sum(weights * volume * DAY)
    own <- arms == arm
    expected <- -sum(weights[!own] * volume[!own])
    slopes <- weights * volume * DAY / expected
    slopes[own] <- DAY
    ratio <- model$sum(slopes)
    log_ratio <- row_of(rows(contrast = arm), log(volume[own] / expected), ratio$std_error, ratio$df)
    named <- row_of(rows(contrast = arm), sum(weights * volume), difference$std_error, difference$df)
    cbind(named, rows(index = exp(log_ratio$estimate), index_low = exp(log_ratio$conf_low),
      index_high = exp(log_ratio$conf_high), expected = expected))
  })
  do.call(rbind, tables)
}

described <- function(model, arms) {
  excess <- excess_weights(arms)
  list(
    excess = sums(model, excess),
    factorial = sums(model, factorial_weights(arms)),
    joint = joints(model, joint_weights(arms)),
    change = sums(model, lapply(excess, function(weights) DAY * weights)),
    additivity = additivity(model, arms)
  )
}

# ---- The two models ------------------------------------------------------------------------------

# Six starts and the best of them, as growth.R: lme4 can stop at a false stationary point.
fit_reml <- function(formula, sheet) {
  starts <- list(c(1, 0, 1), c(3, 0, 0.2), c(2, -0.1, 0.05), c(2, 0.1, 0.05), c(0.3, 0, 0.3), c(1, 0.2, 0.001))
  control <- lmerControl(
    optimizer = "bobyqa", optCtrl = list(rhobeg = 0.2, rhoend = 1e-12, maxfun = 2e5),
    calc.derivs = FALSE, check.conv.singular = "ignore"
  )
  fits <- lapply(starts, function(start) quietly(lmer(formula, sheet, control = control, start = start)))
  fits[[which.max(vapply(fits, function(fit) as.numeric(logLik(fit)), 0))]]
}

pooled <- function(sheet) {
  fit <- fit_reml(ln_volume ~ 0 + arm + arm:day + (day | mouse), sheet)
  grid <- quietly(emtrends(fit, ~arm, var = "day", lmer.df = "kenward-roger"))
  slopes <- grepl(":day$", names(fixef(fit)))
  list(
    rates = as.data.frame(grid)$day.trend,
    sum = function(weights) {
      table <- quietly(as.data.frame(contrast(grid, list(sum = unname(weights)))))
      list(estimate = table$estimate, std_error = table$SE, df = table$df)
    },
    joint = function(weights) {
      L <- matrix(0, nrow(weights), length(slopes))
      L[, slopes] <- weights
      test <- quietly(KRmodcomp(fit, L))$test["Ftest", ]
      list(statistic = test$stat, df_numerator = test$ndf,
        df_denominator = test$ddf, p_value = test$p.value)
    }
  )
}

alone <- function(sheet, arm) {
  fit <- fit_reml(ln_volume ~ day + (day | mouse), droplevels(sheet[sheet$arm == arm, ]))
  adjusted <- quietly(vcovAdj(fit))
  c(rate = unname(fixef(fit)["day"]), variance = adjusted[2, 2],
    df = quietly(Lb_ddf(c(0, 1), vcov(fit), adjusted)))
}

by_arm <- function(sheet) {
  arms <- vapply(levels(sheet$arm), function(arm) alone(sheet, arm), numeric(3))
  rate <- arms["rate", ]
  V <- diag(arms["variance", ])
  df <- arms["df", ]
  list(
    rates = rate,
    sum = function(weights) {
      parts <- weights^2 * diag(V)
      list(estimate = sum(weights * rate), std_error = sqrt(sum(parts)), df = sum(parts)^2 / sum(parts^2 / df))
    },
    # Johansen (1980), Biometrika 67:85, with arms as groups of one mean each.
    joint = function(weights) {
      L <- weights
      q <- nrow(L)
      middle <- solve(L %*% V %*% t(L))
      T <- drop(t(L %*% rate) %*% middle %*% (L %*% rate))
      P <- V %*% t(L) %*% middle %*% L
      A <- sum(vapply(seq_along(df), function(j) {
        Q <- diag(0, length(df))
        Q[j, j] <- 1
        (sum(diag(P %*% Q %*% P %*% Q)) + sum(diag(P %*% Q))^2) / df[j]
      }, 0)) / 2
      scale <- q + 2 * A - 6 * A / (q + 2)
      bottom <- q * (q + 2) / (3 * A)
      list(statistic = T / scale, df_numerator = q, df_denominator = bottom,
        p_value = pf(T / scale, q, bottom, lower.tail = FALSE))
    }
  )
}

is_factorial <- function(arms) {
  keys <- vapply(arms, function(arm) key(drugs_of(arm)), "")
  drugs <- unique(unlist(lapply(arms, drugs_of)))
  length(drugs) >= 2 && setequal(keys, vapply(subsets(drugs), key, ""))
}

asked <- arguments(".csv")
for (study in names(asked$paths)) {
  sheet <- read_growth(asked$paths[[study]])
  arms <- levels(sheet$arm)
  if (!is_factorial(arms)) next
  result <- list(
    made_with = made_with(c("lme4", "pbkrtest", "emmeans", "jsonlite")),
    study = study, level = LEVEL, day = DAY, arms = arms,
    pooled = described(pooled(sheet), arms), by_arm = described(by_arm(sheet), arms)
  )
  write_result(result, file.path(asked$out, paste0(study, ".synergy.json")))
}
