# Do hazard ratios change with time? Rscript proportional.R [STUDIES] [OUT] [STUDY ...]
# Writes OUT/<study>.proportional.json for every STUDIES/<study>.ttp.csv whose Cox model is finite.
source("tables.R")
quietly(library(survival))

# Grambsch and Therneau's score test as survival >= 3 has it, on 1 - Kaplan-Meier just before.
zph_of <- function(times, arms, name) {
  own <- times[times$arm %in% arms, ]
  own$arm <- factor(own$arm, arms)
  if (any(tapply(own$event, own$arm, sum) < 2)) return(NULL)
  fit <- quietly(coxph(Surv(time, event) ~ arm, own, ties = "efron", control = coxph.control(eps = 1e-11)))
  if (any(abs(coef(fit)) > 8)) return(NULL) # on its way to infinity
  test <- cox.zph(fit, transform = "km", terms = TRUE, global = FALSE)$table
  rows(contrast = name, chi_square = test[1, "chisq"], df = test[1, "df"], p_value = test[1, "p"])
}

asked <- arguments(".ttp.csv")
for (study in names(asked$paths)) {
  times <- read_times(asked$paths[[study]])
  arms <- levels(times$arm)
  tests <- do.call(rbind, c(
    list(zph_of(times, arms, "all arms")),
    lapply(arms[-1], function(arm) zph_of(times, c(arms[1], arm), paste(arm, "-", arms[1])))
  ))
  if (is.null(tests)) next
  write_result(
    list(study = study, made_with = made_with("survival"), arms = I(arms), tests = tests),
    file.path(asked$out, paste0(study, ".proportional.json"))
  )
}
