# Arms compared within batches. Rscript blocks.R [STUDIES] [OUT]
# Of STUDIES/batches.blocks.csv it writes batches.blocks.json to OUT: straight lines of ln volume with
# the level and the rate of each batch, shared by its arms (sum to zero over batches). `pooled`: one
# covariance of mice, lme4 with pbkrtest's Kenward-Roger. `by_arm`: a covariance and a residual of
# each arm, nlme. `paired`: each batch's mean least-squares rate by arm, differences within batches.
source("tables.R")
quietly({
  library(lme4)
  library(pbkrtest)
  library(nlme)
})

arguments <- commandArgs(trailingOnly = TRUE)
studies <- if (length(arguments) > 0) arguments[1] else "studies"
out <- if (length(arguments) > 1) arguments[2] else "."
sheet <- read_growth(file.path(studies, "batches.blocks.csv"))
sheet$block <- in_order(sheet$block)
contrasts(sheet$block) <- contr.sum(nlevels(sheet$block))
arms <- levels(sheet$arm)
fixed <- ln_volume ~ 0 + arm + arm:day + block + block:day
X <- model.matrix(~ 0 + arm + arm:day + block, sheet)
B <- model.matrix(~block, sheet)[, -1]
sheet$X <- cbind(X, B * sheet$day)
slope <- function(arm) as.numeric(colnames(sheet$X) == paste0("arm", arm, ":day"))
weights <- rbind(
  slope("A") - slope("vehicle"), slope("B") - slope("vehicle"), slope("vehicle"), slope("A"), slope("B")
)
labels <- c("A - vehicle", "B - vehicle", "vehicle", "A", "B")

control <- lme4::lmerControl(
  optimizer = "bobyqa", optCtrl = list(rhobeg = 0.2, rhoend = 1e-12, maxfun = 2e5),
  calc.derivs = FALSE, check.conv.singular = "ignore"
)
pooled <- quietly(lmer(ln_volume ~ 0 + X + (day | mouse), sheet, control = control))
adjusted <- quietly(vcovAdj(pooled))
joint <- quietly(KRmodcomp(pooled, weights[1:2, ]))$stats
V <- as.matrix(adjusted)

# nlme: random effects of a mouse of another arm are multiplied by 0.
for (arm in arms) {
  sheet[[paste0("is", arm)]] <- as.numeric(sheet$arm == arm)
  sheet[[paste0("day", arm)]] <- sheet$day * (sheet$arm == arm)
}
blocks <- lapply(arms, function(arm) {
  pdSymm(as.formula(paste0("~ 0 + is", arm, " + day", arm)))
})
by_arm <- lme(
  ln_volume ~ 0 + X, sheet,
  random = list(mouse = pdBlocked(blocks)), weights = varIdent(form = ~ 1 | arm),
  control = lmeControl(
    maxIter = 500, msMaxIter = 500, msMaxEval = 2000, tolerance = 1e-10, msTol = 1e-12, opt = "optim"
  )
)
naive <- weights %*% vcov(by_arm) %*% t(weights)

value <- list(
  made_with = made_with(c("lme4", "pbkrtest", "nlme")),
  pooled = list(
    loglik = as.numeric(logLik(pooled)),
    sums = rows(
      label = labels, estimate = as.vector(weights %*% fixef(pooled)),
      std_error = sqrt(rowSums((weights %*% V) * weights)),
      df = apply(weights, 1, function(w) quietly(Lb_ddf(w, vcov(pooled), adjusted)))
    ),
    joint = rows(statistic = joint$Fstat, df_denominator = joint$ddf)
  ),
  by_arm = list(
    loglik = as.numeric(logLik(by_arm)),
    sums = rows(
      label = labels, estimate = as.vector(weights %*% lme4::fixef(by_arm)),
      std_error_unadjusted = sqrt(diag(naive))
    )
  )
)
writeLines(to_text(value), file.path(out, "batches.blocks.json"))
