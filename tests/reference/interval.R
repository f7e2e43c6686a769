# Progression between visits. Rscript interval.R [STUDIES] [OUT] [STUDY ...]
# Writes OUT/<study>.interval.json for every STUDIES/<study>.intervals.csv (mouse, arm, low, high; high is
# empty where the mouse had not progressed when it was last read).
source("tables.R")
quietly(library(survival))

# survfit's iteration ends where a step moves no share by more than 5e-5, up to 3e-5 short of the maximum, and has no
# option for it: its own steps are taken on until none moves a share by more than 1e-10.
go_on <- function() {
  steps <- deparse(getFromNamespace("survfitTurnbull", "survival"))
  stopifnot(sum(grepl("eps > 5e-05", steps, fixed = TRUE)) == 1)
  longer <- eval(parse(text = sub("eps > 5e-05", "eps > 1e-10", steps, fixed = TRUE)), asNamespace("survival"))
  assignInNamespace("survfitTurnbull", longer, "survival")
}
go_on()

# survfit gives the middle of each interval between visits, and the share after it.
curve_of <- function(times, arms, name) {
  own <- times[times$arm %in% arms, ]
  fit <- survfit(Surv(low, high, type = "interval2") ~ 1, own)
  rows(arm = name, time = fit$time, estimate = fit$surv)
}

ratio_of <- function(times, law) {
  fit <- survreg(Surv(low, high, type = "interval2") ~ arm, times, dist = law, control = survreg.control(rel.tolerance = 1e-12))
  table <- summary(fit)$table
  rows(law = law, estimate = table[2, 1], std_error = table[2, 2], p_value = table[2, 4], scale = fit$scale,
       log_likelihood = fit$loglik[2])
}

asked <- arguments(".intervals.csv")
for (study in names(asked$paths)) {
  times <- read_times(asked$paths[[study]])
  times$low[times$low == 0] <- NA # progressed before the first visit: left-censored
  arms <- levels(times$arm)
  curves <- c(lapply(arms, function(arm) curve_of(times, arm, arm)), list(curve_of(times, arms, "all arms")))
  write_result(
    list(
      study = study, made_with = made_with("survival"), arms = I(arms), curves = do.call(rbind, curves),
      ratios = do.call(rbind, lapply(c("weibull", "lognormal"), ratio_of, times = times))
    ),
    file.path(asked$out, paste0(study, ".interval.json"))
  )
}
