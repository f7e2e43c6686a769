# Competing causes of leaving. Rscript incidence.R [STUDIES] [OUT] [STUDY ...]
# Writes OUT/<study>.incidence.json for every STUDIES/<study>.causes.csv (mouse, arm, time, cause).
source("tables.R")
quietly({
  library(survival)
  library(cmprsk)
})

CAUSES <- c("progression", "toxicity")

# Aalen-Johansen by arm and cause. survfit's standard error, and cmprsk's variance at the same days.
incidence_of <- function(times, arm, cause) {
  own <- times[times$arm == arm, ]
  fit <- survfit(Surv(time, state) ~ 1, own)
  column <- match(cause, fit$states)
  if (is.na(column)) return(NULL)
  theirs <- cuminc(own$time, own$code, cencode = 0)
  at <- timepoints(theirs, fit$time)
  row <- grep(paste0(" ", match(cause, CAUSES), "$"), rownames(at$est))
  rows(
    arm = arm, cause = cause, time = fit$time, estimate = fit$pstate[, column],
    std_error = fit$std.err[, column], cuminc = at$est[row, ], cuminc_variance = at$var[row, ]
  )
}

gray_of <- function(times, arms, name) {
  own <- droplevels(times[times$arm %in% arms, ])
  tests <- cuminc(own$time, own$code, own$arm, cencode = 0)$Tests
  rows(contrast = name, cause = CAUSES[as.integer(rownames(tests))], chi_square = tests[, "stat"],
       df = tests[, "df"], p_value = tests[, "pv"])
}

fine_gray_of <- function(times, arm, control) {
  own <- times[times$arm %in% c(arm, control), ]
  x <- as.numeric(own$arm == arm)
  fit <- crr(own$time, own$code, matrix(x, dimnames = list(NULL, "arm")), failcode = 1, cencode = 0)
  rows(contrast = paste(arm, "-", control), estimate = fit$coef, std_error = sqrt(diag(fit$var)))
}

describe_causes <- function(study, path) {
  times <- read_times(path)
  times$state <- factor(ifelse(times$cause == "", "none", times$cause), c("none", CAUSES))
  times$code <- as.integer(times$state) - 1
  arms <- levels(times$arm)
  against_first <- function(arm) gray_of(times, c(arms[1], arm), paste(arm, "-", arms[1]))
  by_cause <- function(arm) do.call(rbind, lapply(CAUSES, incidence_of, times = times, arm = arm))
  list(
    study = study, made_with = made_with(c("survival", "cmprsk")), arms = I(arms),
    incidence = do.call(rbind, lapply(arms, by_cause)),
    gray = do.call(rbind, c(list(gray_of(times, arms, "all arms")), lapply(arms[-1], against_first))),
    fine_gray = do.call(rbind, lapply(arms[-1], fine_gray_of, times = times, control = arms[1]))
  )
}

asked <- arguments(".causes.csv")
for (study in names(asked$paths)) {
  write_result(describe_causes(study, asked$paths[[study]]), file.path(asked$out, paste0(study, ".incidence.json")))
}
