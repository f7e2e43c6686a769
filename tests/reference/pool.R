# Reference numbers for pools over lines. Rscript pool.R [STUDIES] [OUT]
# Writes OUT/pool.json: random effects by metafor (Paule-Mandel, Knapp-Hartung), Q-profile intervals,
# and panels of one mouse a line and arm by lme4 with pbkrtest and by the paired t test.
source("tables.R")
suppressMessages(library(metafor))
library(survival)

# Contrasts of made-up lines, in % a day: metafor stops at an absolute change of tau2.
lines <- list(
  spread = list(y = c(-5.0, -4.3, -6.2, -3.1, -5.5, -2.0), se = c(0.5, 0.6, 0.7, 0.4, 0.6, 0.8)),
  alike = list(y = c(-5.0, -4.3, -6.2, -3.1, -5.5, -2.0), se = c(3.2, 3.8, 4.4, 2.5, 3.8, 5.1)),
  unequal = list(y = c(1.2, -0.4, 3.9, 0.3), se = c(0.2, 1.1, 0.9, 0.3)),
  two = list(y = c(-2.0, -3.5), se = c(0.6, 0.5))
)
group <- list(spread = c(0, 0, 0, 1, 1, 1), unequal = c(0, 1, 0, 1))
exact <- list(tol = 1e-12, maxiter = 10000)

pooled <- function(data) {
  # "adhoc": Knapp and Hartung's factor where it is above 1, so that no interval is narrower than
  # that of one common effect.
  fit <- rma(data$y, sei = data$se, method = "PM", test = "adhoc", control = exact)
  profile <- confint(fit, control = list(tol = 1e-12, tau2.max = 1e6))$random
  rows(mean = c(fit$beta), std_error = fit$se, df = fit$ddf, p_value = fit$pval, conf_low = fit$ci.lb,
    conf_high = fit$ci.ub, tau2 = fit$tau2, tau2_low = profile[1, 2], tau2_high = profile[1, 3], q = fit$QE)
}

by_group <- function(name) {
  data <- lines[[name]]
  g <- factor(group[[name]])
  fit <- rma(data$y, sei = data$se, mods = ~ 0 + g, method = "PM", test = "adhoc", control = exact)
  contrast <- anova(fit, X = c(1, -1))
  list(
    means = rows(mean = c(fit$beta), std_error = fit$se, df = unname(fit$ddf), p_value = fit$pval,
      conf_low = fit$ci.lb, conf_high = fit$ci.ub),
    tau2 = fit$tau2,
    difference = rows(estimate = c(contrast$Xb), std_error = c(contrast$se), p_value = contrast$pval)
  )
}

# ln volumes of one mouse a line and arm on shared days, made up by fixed numbers.
panel <- function() {
  days <- c(0, 4, 8, 12, 16, 20)
  cells <- expand.grid(arm = c("untreated", "A", "B"), line = sprintf("L%d", 1:7), stringsAsFactors = FALSE)
  base <- c(untreated = 0.055, A = 0.031, B = 0.048)
  i <- seq_len(nrow(cells))
  cells$rate <- base[cells$arm] + 0.012 * sin(3 * as.integer(factor(cells$line))) + 0.006 * cos(7.3 * i)
  rows_of <- function(k) {
    noise <- 0.08 * sin(11.7 * k + 2.9 * seq_along(days))
    rows(line = cells$line[k], mouse = paste0(cells$line[k], ".", cells$arm[k]), arm = cells$arm[k],
      day = days, volume = round(exp(5.2 + 0.1 * sin(k) + cells$rate[k] * days + noise), 1))
  }
  do.call(rbind, lapply(i, rows_of))
}

panel_fits <- function(sheet) {
  sheet$arm <- in_order(sheet$arm)
  rate <- function(own) unname(coef(lm(log(volume) ~ day, own))[2])
  mice <- do.call(rbind, lapply(split(sheet, sheet$mouse), function(own) {
    data.frame(line = own$line[1], arm = own$arm[1], rate = rate(own))
  }))
  wide <- tapply(mice$rate, list(mice$line, mice$arm), mean)
  pairs <- do.call(rbind, lapply(c("A", "B"), function(arm) {
    test <- t.test(wide[, arm], wide[, "untreated"], paired = TRUE)
    rows(arm = arm, estimate = unname(test$estimate), std_error = test$stderr, df = unname(test$parameter),
      p_value = test$p.value, conf_low = test$conf.int[1], conf_high = test$conf.int[2])
  }))
  fit <- quietly(lmerTest::lmer(rate ~ arm + (1 | line), mice))
  told <- coef(summary(fit, ddf = "Kenward-Roger"))
  one_stage <- do.call(rbind, lapply(c("A", "B"), function(arm) {
    row <- told[paste0("arm", arm), ]
    rows(arm = arm, estimate = row[["Estimate"]], std_error = row[["Std. Error"]], df = row[["df"]],
      p_value = row[["Pr(>|t|)"]])
  }))
  list(pairs = pairs, one_stage = one_stage)
}

# Days to progression of one or two mice a line and arm, made up, with ties; of the treated every
# second or so is censored, who leave later by so many visits.
times <- function(every = 2, later = 0.6) {
  cells <- expand.grid(arm = c("untreated", "A"), line = sprintf("L%d", 1:8), mouse = 1:2, stringsAsFactors = FALSE)
  i <- seq_len(nrow(cells))
  cells <- cells[!(cells$mouse == 2 & i %% 3 == 0), ]
  i <- seq_len(nrow(cells))
  cells$day <- 4 * ceiling(2 + 2 * sin(1.7 * i)^2 + ifelse(cells$arm == "A", later + 2 * sin(i), 0))
  cells$event <- as.integer(!(cells$arm == "A" & i %% every == 0))
  rows(line = cells$line, arm = cells$arm, day = cells$day, event = cells$event)
}

stratified <- function(sheet) {
  sheet$arm <- in_order(sheet$arm)
  fit <- coxph(Surv(day, event) ~ arm + strata(line), sheet, ties = "efron")
  rows(estimate = unname(coef(fit)), std_error = sqrt(diag(vcov(fit))),
    p_ratio = pchisq(2 * diff(fit$loglik), 1, lower.tail = FALSE))
}

# The same by two groups of lines: each group's own ratio, and what the interaction adds.
stratified_groups <- function(sheet) {
  sheet$arm <- in_order(sheet$arm)
  sheet$A <- as.integer(sheet$arm == "A")
  sheet$first <- as.integer(sheet$line %in% c("L1", "L2", "L5", "L7"))
  both <- coxph(Surv(day, event) ~ A + A:first + strata(line), sheet, ties = "efron")
  alike <- coxph(Surv(day, event) ~ A + strata(line), sheet, ties = "efron")
  own <- function(in_first) stratified(sheet[sheet$first == in_first, ])
  # Profile limits of the interaction: where twice the log likelihood has fallen by qchisq(0.95, 1).
  fallen <- function(apart) {
    held <- coxph(Surv(day, event) ~ A + offset(apart * A * first) + strata(line), sheet, ties = "efron")
    2 * (both$loglik[2] - held$loglik[2]) - qchisq(0.95, 1)
  }
  limit <- function(side) uniroot(fallen, coef(both)[2] + side * c(0, 12), tol = 1e-10)$root
  list(
    groups = rbind(own(1), own(0)),
    difference = rows(estimate = unname(coef(both)[2]), std_error = sqrt(diag(vcov(both)))[2],
      p_ratio = pchisq(2 * (both$loglik[2] - alike$loglik[2]), 1, lower.tail = FALSE),
      conf_low = limit(-1), conf_high = limit(1))
  )
}

sheet <- panel()
mice <- times()
grouped <- times(5, 0.4)
write_result(
  list(
    made_with = made_with(c("metafor", "lme4", "lmerTest", "pbkrtest", "survival")),
    lines = lines,
    group = group,
    pooled = lapply(lines, pooled),
    by_group = lapply(setNames(names(group), names(group)), by_group),
    panel = sheet,
    panel_fits = panel_fits(sheet),
    times = mice,
    stratified = stratified(mice),
    grouped = grouped,
    stratified_groups = stratified_groups(grouped)
  ),
  file.path(arguments(".csv")$out, "pool.json")
)
