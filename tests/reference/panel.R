# Reference numbers for panels of one to three mice a line and arm. Rscript panel.R [STUDIES] [OUT]
# Writes OUT/panel.json: rates of mice in one model of arm, line and line by arm, by lme4 with pbkrtest.
source("tables.R")
suppressMessages(library(lmerTest))

arms <- c("untreated", "A", "B")
base <- c(untreated = 0.055, A = 0.031, B = 0.048)
days <- c(0, 4, 8, 12, 16, 20)
exact <- lme4::lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-13, maxfun = 1e6), calc.derivs = FALSE)

# ln volumes of one to three mice a line and arm on shared days, made up by fixed numbers; `spread`
# is how far lines differ in what an arm does.
panel <- function(spread) {
  cells <- expand.grid(arm = arms, line = sprintf("L%d", 1:8), mouse = 1:3, stringsAsFactors = FALSE)
  cells <- cells[!(cells$mouse > 1 + (seq_len(nrow(cells)) * 7) %% 3), ]
  i <- seq_len(nrow(cells))
  line <- as.integer(factor(cells$line))
  of_cell <- spread * sin(5 * line + 2 * as.integer(factor(cells$arm)))
  cells$rate <- base[cells$arm] + 0.012 * sin(3 * line) + of_cell + 0.006 * cos(7.3 * i)
  rows_of <- function(k) {
    noise <- 0.08 * sin(11.7 * k + 2.9 * seq_along(days))
    rows(line = cells$line[k], mouse = paste(cells$line[k], cells$arm[k], cells$mouse[k], sep = "."),
      arm = cells$arm[k], day = days, volume = round(exp(5.2 + 0.1 * sin(k) + cells$rate[k] * days + noise), 1))
  }
  do.call(rbind, lapply(i, rows_of))
}

rates <- function(sheet) {
  do.call(rbind, lapply(split(sheet, sheet$mouse), function(own) {
    rows(line = own$line[1], arm = own$arm[1], rate = unname(coef(lm(log(volume) ~ day, own))[2]))
  }))
}

# Each arm against untreated: Kenward-Roger, in one model of some arms; by groups of lines where given.
fitted <- function(mice, own, label, groups = NULL) {
  mice <- mice[mice$arm %in% own, ]
  mice$arm <- factor(mice$arm, levels = own)
  mice$group <- if (is.null(groups)) "all" else ifelse(mice$line %in% groups, "first", "second")
  mice$cell <- interaction(mice$group, mice$arm, drop = TRUE)
  fit <- quietly(lme4::lmer(rate ~ 0 + cell + (1 | line) + (1 | line:arm), mice, control = exact))
  raw <- pbkrtest::vcovAdj(fit)
  adjusted <- as.matrix(raw)
  names <- levels(mice$cell)
  test <- function(arm, group, weights) {
    estimate <- sum(weights * lme4::fixef(fit))
    error <- sqrt(drop(weights %*% adjusted %*% weights))
    df <- pbkrtest::Lb_ddf(weights, vcov(fit), raw)
    rows(model = label, arm = arm, group = group, estimate = estimate, std_error = error, df = df,
      p_value = 2 * pt(-abs(estimate / error), df))
  }
  contrast <- function(arm, group) (names == paste0(group, ".", arm)) - (names == paste0(group, ".", own[1]))
  do.call(rbind, lapply(own[-1], function(arm) {
    if (is.null(groups)) return(test(arm, "all", contrast(arm, "all")))
    both <- lapply(c("first", "second"), function(group) contrast(arm, group))
    rbind(test(arm, "first", both[[1]]), test(arm, "second", both[[2]]),
      test(arm, "first - second", both[[1]] - both[[2]]))
  }))
}

of_spread <- function(spread) {
  sheet <- panel(spread)
  mice <- rates(sheet)
  first <- sprintf("L%d", 1:4)
  list(
    sheet = sheet,
    fits = rbind(
      fitted(mice, arms, "pooled"), fitted(mice, arms, "pooled", first),
      fitted(mice, arms[1:2], "by_arm"), fitted(mice, arms[c(1, 3)], "by_arm"),
      fitted(mice, arms[1:2], "by_arm", first), fitted(mice, arms[c(1, 3)], "by_arm", first)
    )
  )
}

write_result(
  list(
    made_with = made_with(c("lme4", "pbkrtest")),
    lines_differ = of_spread(0.012),
    lines_alike = of_spread(0)
  ),
  file.path(arguments(".csv")$out, "panel.json")
)
