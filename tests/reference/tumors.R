# Reference numbers for mice of two tumours. Rscript tumors.R [STUDIES] [OUT] [STUDY ...]
# For every STUDIES/<study>.tumors.csv (mouse, arm, tumor, day, volume) it writes
# OUT/<study>.tumors.json: each arm's growth rate with the tumour nested in its mouse,
# ln V ~ day + (day | mouse) + (day | mouse:tumor), by Kenward-Roger; and the same with each
# tumour taken for a mouse, which is wrong.
source("tables.R")
quietly({
  library(lme4)
  library(lmerTest)
  library(pbkrtest)
})

control <- lmerControl(
  optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 2e5), calc.derivs = FALSE,
  check.conv.singular = "ignore"
)

slope <- function(arm, sheet, formula) {
  fit <- quietly(lmerTest::lmer(formula, sheet[sheet$arm == arm, ], control = control))
  row <- coef(summary(fit, ddf = "Kenward-Roger"))["day", ]
  rows(
    arm = arm, estimate = row[["Estimate"]], std_error = row[["Std. Error"]], df = row[["df"]],
    singular = isSingular(fit, tol = 1e-5)
  )
}

asked <- arguments(".tumors.csv")
for (study in names(asked$paths)) {
  sheet <- read_growth(asked$paths[[study]])
  sheet$one <- interaction(sheet$mouse, sheet$tumor, drop = TRUE)
  of_arms <- function(formula) do.call(rbind, lapply(levels(sheet$arm), slope, sheet, formula))
  write_result(
    list(
      made_with = made_with(c("lme4", "lmerTest", "pbkrtest", "jsonlite")),
      nested = of_arms(ln_volume ~ day + (day | mouse) + (day | one)),
      tumors_as_mice = of_arms(ln_volume ~ day + (day | one))
    ),
    file.path(asked$out, paste0(study, ".tumors.json"))
  )
}
