# Time-to-progression reference numbers. Rscript survival.R [STUDIES] [OUT] [STUDY ...]
# Writes OUT/<study>.survival.json for every STUDIES/<study>.ttp.csv (mouse, arm, time, event).
source("tables.R")
quietly(library(survival))

LEVEL <- 0.95
REACH <- 20 # limits are looked for this far; those of an arm without events lie near -8 to -13
MOST_SPLITS <- 200000

lengths_by <- function(arm) as.integer(table(arm))

# Every contrast is `later arm - earlier arm` in the order of the sheet, so that the first is the control.
each_pair <- function(arms) lapply(combn(arms, 2, simplify = FALSE), rev)

# ---- Curves -----------------------------------------------------------------------------------

curve_of <- function(times, arm) {
  own <- times[times$arm == arm, ]
  fit <- survfit(Surv(time, event) ~ 1, own, conf.type = "log-log", conf.int = LEVEL)
  rows(
    arm = arm, time = fit$time, n_at_risk = fit$n.risk, n_events = fit$n.event,
    n_censored = fit$n.censor, estimate = fit$surv,
    std_error = ifelse(fit$surv > 0, fit$std.err * fit$surv, 0),
    conf_low = fit$lower, conf_high = fit$upper
  )
}

# R's rule: the midpoint where the curve is exactly 1/2 between two event days; NA when never reached.
median_of <- function(times, arm) {
  own <- times[times$arm == arm, ]
  fit <- survfit(Surv(time, event) ~ 1, own, conf.type = "log-log", conf.int = LEVEL)
  half <- quantile(fit, 0.5)
  rows(
    arm = arm, n_mice = nrow(own), n_events = sum(own$event), median = as.numeric(half$quantile),
    conf_low = as.numeric(half$lower), conf_high = as.numeric(half$upper)
  )
}

# ---- Restricted means -------------------------------------------------------------------------

# The smallest last day over arms whose last mouse is censored: a curve that has reached 0 says all.
# Without such an arm, the last event of the study.
last_common_day <- function(times) {
  open <- vapply(split(times, times$arm), function(own) {
    if (all(own$event[own$time == max(own$time)] == 1)) Inf else max(own$time)
  }, 0)
  if (any(is.finite(open))) min(open) else max(times$time[times$event == 1])
}

restricted_mean <- function(times, arm, until) {
  own <- times[times$arm == arm, ]
  if (until < min(own$time)) { # survfit refuses; nothing has happened yet
    return(rows(arm = arm, n_mice = nrow(own), rmst = until, std_error = 0, std_error_corrected = 0))
  }
  fit <- survfit(Surv(time, event) ~ 1, own)
  table <- summary(fit, rmean = until)$table
  rows(
    arm = arm, n_mice = nrow(own), rmst = table[["rmean"]], std_error = table[["se(rmean)"]],
    std_error_corrected = table[["se(rmean)"]] * sqrt(nrow(own) / (nrow(own) - 1))
  )
}

# Difference in days gained: variance times n / (n - 1), and Welch's df with n - 1 an arm.
days_gained <- function(means, pair) {
  one <- means[match(pair[1], means$arm), ]
  two <- means[match(pair[2], means$arm), ]
  variance <- c(one$std_error_corrected, two$std_error_corrected)^2
  df <- sum(variance)^2 / sum(variance^2 / (c(one$n_mice, two$n_mice) - 1))
  estimate <- one$rmst - two$rmst
  std_error <- sqrt(sum(variance))
  half <- qt((1 + LEVEL) / 2, df) * std_error
  rows(
    contrast = paste(pair, collapse = " - "), estimate = estimate, std_error = std_error, df = df,
    statistic = estimate / std_error, p_value = 2 * pt(-abs(estimate / std_error), df),
    conf_low = estimate - half, conf_high = estimate + half
  )
}

restricted_means <- function(times, until) {
  arms <- levels(times$arm)
  means <- do.call(rbind, lapply(arms, restricted_mean, times = times, until = until))
  pairs <- do.call(rbind, lapply(each_pair(arms), days_gained, means = means))
  list(until = until, arms = means, pairs = pairs)
}

# ---- Log-rank ---------------------------------------------------------------------------------

logrank <- function(times) {
  test <- survdiff(Surv(time, event) ~ arm, times)
  df <- length(test$n) - 1
  list(
    statistic = test$chisq, df = df, p_value = pchisq(test$chisq, df, lower.tail = FALSE),
    arms = rows(arm = levels(times$arm), observed = test$obs, expected = test$exp)
  )
}

# O - E of an arm is the sum over its mice of event - cumulative hazard of all mice (Nelson-Aalen),
# so under re-labelling it is a linear statistic with fixed scores.
logrank_scores <- function(time, event) {
  days <- sort(unique(time[event == 1]))
  hazard <- vapply(days, function(day) sum(event[time == day]) / sum(time >= day), 0)
  event - vapply(time, function(t) sum(hazard[days <= t]), 0)
}

# Variance of O - E for every split at once, from the number of the arm's mice at risk on each day.
hypergeometric_variance <- function(time, event, members) {
  days <- sort(unique(time[event == 1]))
  total <- numeric(ncol(members))
  for (day in days) {
    n <- sum(time >= day)
    d <- sum(event[time == day])
    inside <- colSums(matrix(time[members] >= day, nrow(members)))
    if (n > 1) total <- total + d * (n - d) * inside * (n - inside) / (n^2 * (n - 1))
  }
  total
}

# Exact two-sided permutation p, by |O - E| and by the chi-square (whose variance changes with the split).
# Splits as extreme as ours up to rounding count as extreme.
exact_logrank <- function(own) {
  first <- which(own$arm == levels(own$arm)[1])
  splits <- choose(nrow(own), length(first))
  if (splits > MOST_SPLITS) return(rows(splits = splits, p_exact_score = NA, p_exact_chisq = NA))
  members <- combn(nrow(own), length(first))
  scores <- logrank_scores(own$time, own$event)
  difference <- colSums(matrix(scores[members], nrow(members)))
  variance <- hypergeometric_variance(own$time, own$event, members)
  chisq <- ifelse(variance > 0, difference^2 / variance, 0)
  here <- which(colSums(members == first) == length(first))
  rows(
    splits = splits,
    p_exact_score = mean(abs(difference) >= abs(difference[here]) - 1e-9),
    p_exact_chisq = mean(chisq >= chisq[here] - 1e-9)
  )
}

logrank_of_pair <- function(times, pair) {
  own <- times[times$arm %in% pair, ]
  own$arm <- factor(own$arm, levels = pair)
  contrast <- rows(contrast = paste(pair, collapse = " - "))
  if (sum(own$event) == 0) {
    return(cbind(contrast, rows(
      statistic = NA, p_value = NA, splits = choose(nrow(own), sum(own$arm == pair[1])),
      p_exact_score = NA, p_exact_chisq = NA
    )))
  }
  test <- logrank(own)
  cbind(contrast, rows(statistic = test$statistic, p_value = test$p_value), exact_logrank(own))
}

logrank_pairs <- function(times) {
  table <- do.call(rbind, lapply(each_pair(levels(times$arm)), logrank_of_pair, times = times))
  table$p_holm <- p.adjust(table$p_value, "holm")
  table
}

# ---- Cox --------------------------------------------------------------------------------------

# NULL when an arm has no event: its coefficient runs to minus infinity and stops anywhere.
efron_cox <- function(times) {
  if (any(tapply(times$event, times$arm, sum) == 0)) return(NULL)
  fit <- quietly(coxph(Surv(time, event) ~ arm, times, ties = "efron",
    control = coxph.control(eps = 1e-13, iter.max = 100)))
  list(
    loglik_null = fit$loglik[1], loglik = fit$loglik[2], score_statistic = fit$score,
    coefficients = rows(
      arm = levels(times$arm)[-1], estimate = unname(coef(fit)), std_error = sqrt(diag(vcov(fit)))
    )
  )
}

# Efron's likelihood of arms needs only counts: one row for each event of each event day, the l-th of
# the d tied events with at-risk counts n - (l / d) * d_arm.
tie_rows <- function(times) {
  days <- sort(unique(times$time[times$event == 1]))
  arms <- levels(times$arm)
  do.call(rbind, lapply(days, function(day) {
    at_risk <- lengths_by(times$arm[times$time >= day])
    tied <- lengths_by(times$arm[times$time == day & times$event == 1])
    d <- sum(tied)
    t(vapply(seq_len(d) - 1, function(l) at_risk - l / d * tied, numeric(length(arms))))
  }))
}

# Penalised log-likelihood l + log|I| / 2 (Firth) and its gradient, in the log hazards `beta` of the
# arms other than `reference`. The gradient of the penalty is tr(I^-1 dI/d beta_c) / 2, where
# dI is the third cumulant of the arm of the next event: p_c (q_c - sum p q), q_m = (e_m - p)' I^-1 (e_m - p).
penalised <- function(beta, counts, events, reference) {
  arms <- length(events)
  log_hazard <- replace(numeric(arms), -reference, beta)
  weighted <- sweep(counts, 2, exp(log_hazard - max(log_hazard)), "*")
  total <- rowSums(weighted)
  share <- weighted / total
  information <- -crossprod(share)
  # p (1 - p) as a sum of products: an arm with nearly all of the hazard leaves 1 - p no digits.
  diag(information) <- 0
  diag(information) <- -rowSums(information)
  determinant <- determinant(information[-reference, -reference, drop = FALSE])$modulus
  if (!is.finite(determinant)) return(list(loglik = -Inf, penalty = 0)) # a step gone too far
  inverse <- matrix(0, arms, arms)
  inverse[-reference, -reference] <- solve(information[-reference, -reference, drop = FALSE], tol = 0)
  spread <- share %*% inverse
  q <- outer(rep(1, nrow(share)), diag(inverse)) - 2 * spread + rowSums(spread * share)
  bend <- colSums(share * (q - rowSums(share * q)))
  list(
    loglik = sum(events * (log_hazard - max(log_hazard))) - sum(log(total)),
    penalty = as.numeric(determinant) / 2,
    gradient = (events - colSums(share) + bend / 2)[-reference],
    inverse = inverse[-reference, -reference, drop = FALSE]
  )
}

# Greatest penalised likelihood over the free coefficients; `fixed` holds the others (NA where free).
maximise <- function(fixed, start, counts, events, reference) {
  free <- is.na(fixed)
  full <- function(values) replace(fixed, free, values)
  if (!any(free)) {
    at <- penalised(fixed, counts, events, reference)
    return(list(beta = fixed, value = at$loglik + at$penalty, at = at))
  }
  objective <- function(values) {
    at <- penalised(full(values), counts, events, reference)
    -(at$loglik + at$penalty)
  }
  slope <- function(values) -penalised(full(values), counts, events, reference)$gradient[free]
  found <- nlminb(start[free], objective, slope, control = list(rel.tol = 1e-15, x.tol = 1e-12))
  beta <- full(found$par)
  at <- penalised(beta, counts, events, reference)
  list(beta = beta, value = at$loglik + at$penalty, at = at)
}

# nlminb stops when the likelihood no longer changes, at a gradient of 1e-6: scoring steps go on from there.
polish <- function(beta, counts, events, reference) {
  at <- penalised(beta, counts, events, reference)
  for (step in 1:200) {
    if (max(abs(at$gradient)) < 1e-11) break
    beta <- beta + as.numeric(at$inverse %*% at$gradient) / 2
    at <- penalised(beta, counts, events, reference)
  }
  list(beta = beta, value = at$loglik + at$penalty, at = at)
}

# Where the profile of coefficient j has fallen by half the chi-square quantile; NA beyond REACH.
profile_limit <- function(j, side, best, counts, events, reference) {
  drop <- qchisq(LEVEL, 1) / 2
  above <- function(value) {
    fixed <- replace(rep(NA_real_, length(best$beta)), j, value)
    maximise(fixed, best$beta, counts, events, reference)$value - (best$value - drop)
  }
  if (above(side * REACH) > 0) return(NA_real_)
  uniroot(above, sort(c(best$beta[j], side * REACH)), tol = 1e-11)$root
}

# One arm against the reference: penalised likelihood ratio p, profile interval.
firth_row <- function(j, arms, best, counts, events, reference) {
  null <- replace(rep(NA_real_, length(best$beta)), j, 0)
  ratio <- max(0, 2 * (best$value - maximise(null, best$beta, counts, events, reference)$value))
  rows(
    contrast = paste(arms[-reference][j], "-", arms[reference]), estimate = best$beta[j],
    std_error = sqrt(best$at$inverse[j, j]), statistic = ratio,
    p_value = pchisq(ratio, 1, lower.tail = FALSE),
    conf_low = profile_limit(j, -1, best, counts, events, reference),
    conf_high = profile_limit(j, 1, best, counts, events, reference)
  )
}

# coxph itself, at our maximum and a step beside it: the same log-likelihood and information?
largest_gap_to_coxph <- function(times, beta, counts, events) {
  gaps <- vapply(list(beta, beta / 2 + 0.1), function(at) {
    theirs <- quietly(coxph(Surv(time, event) ~ arm, times, init = at, ties = "efron",
      control = coxph.control(iter.max = 0)))
    ours <- penalised(at, counts, events, 1)
    max(abs(theirs$loglik[2] - ours$loglik), abs(unname(vcov(theirs)) - ours$inverse))
  }, 0)
  max(gaps)
}

firth_cox <- function(times) {
  arms <- levels(times$arm)
  counts <- tie_rows(times)
  events <- lengths_by(times$arm[times$event == 1])
  fits <- lapply(seq_along(arms), function(reference) {
    zero <- numeric(length(arms) - 1)
    rough <- maximise(rep(NA_real_, length(zero)), zero, counts, events, reference)
    best <- polish(rough$beta, counts, events, reference)
    # Arms before the reference were contrasted with it already.
    js <- which(seq_along(arms)[-reference] > reference)
    table <- lapply(js, firth_row, arms, best, counts, events, reference)
    list(best = best, table = do.call(rbind, table))
  })
  pairs <- do.call(rbind, lapply(fits, `[[`, "table"))
  without <- arms[events == 0]
  members <- strsplit(pairs$contrast, " - ", fixed = TRUE)
  # Two arms without events say nothing about each other.
  pairs$estimable <- !vapply(members, function(pair) all(pair %in% without), NA)
  pairs[!pairs$estimable, setdiff(names(pairs), c("contrast", "estimable"))] <- NA
  best <- fits[[1]]$best
  list(
    penalised_loglik = best$value, loglik = best$at$loglik,
    largest_gradient = max(abs(best$at$gradient)),
    largest_gap_to_coxph = largest_gap_to_coxph(times, best$beta, counts, events),
    coefficients = rows(arm = arms[-1], estimate = best$beta, std_error = sqrt(diag(best$at$inverse))),
    pairs = pairs
  )
}

# ---- A study ----------------------------------------------------------------------------------

describe_study <- function(study, path) {
  times <- read_times(path)
  arms <- levels(times$arm)
  list(
    study = study, made_with = made_with("survival"), arms = I(arms),
    medians = do.call(rbind, lapply(arms, median_of, times = times)),
    restricted_means = restricted_means(times, last_common_day(times)),
    logrank = logrank(times),
    logrank_pairs = logrank_pairs(times),
    cox_efron = efron_cox(times),
    cox_firth = firth_cox(times),
    curves = do.call(rbind, lapply(arms, curve_of, times = times))
  )
}

asked <- arguments(".ttp.csv")
for (study in names(asked$paths)) {
  write_result(describe_study(study, asked$paths[[study]]), file.path(asked$out, paste0(study, ".survival.json")))
}
