# The mixed model of one arm, and its days: what curve.R and phases.R share.

tightly <- function(formula, sheet) {
  control <- lmerControl(
    optimizer = "bobyqa", optCtrl = list(rhobeg = 0.2, rhoend = 1e-12, maxfun = 2e5),
    calc.derivs = FALSE, check.conv.singular = "ignore"
  )
  fits <- lapply(
    list(c(1, 0, 1), c(2, -0.1, 0.05), c(2, 0.1, 0.05), c(0.3, 0, 0.3), c(1, 0.2, 0.001)),
    function(start) quietly(lmer(formula, sheet, control = control, start = start))
  )
  fits[[which.max(vapply(fits, function(fit) as.numeric(logLik(fit)), 0))]]
}

# The last visit with half of the mice, and three, still read.
followed <- function(sheet) {
  last <- tapply(sheet$day, as.character(sheet$mouse), max)
  first <- tapply(sheet$day, as.character(sheet$mouse), min)
  need <- max(ceiling(length(last) / 2), min(3, length(last)))
  begin <- sort(first)[need]
  end <- sort(last, decreasing = TRUE)[need]
  c(if (begin < 0 && end > 0) 0 else begin, end)
}
