"""The works that a methods paragraph cites, and their numbers in order of citation."""

from __future__ import annotations

WORKS = {
    "andersen": "Andersen PK, Hansen MG, Klein JP. Regression analysis of restricted mean survival "
    "time based on pseudo-observations. Lifetime Data Anal 2004;10:335–350.",
    "arrive": "Percie du Sert N et al. The ARRIVE guidelines 2.0: updated guidelines for reporting "
    "animal research. PLoS Biol 2020;18:e3000410.",
    "berger": "Berger RL. Multiparameter hypothesis testing and acceptance sampling. "
    "Technometrics 1982;24:295–300.",
    "bliss": "Demidenko E, Miller TW. Statistical determination of synergy based on Bliss "
    "definition of drugs independence. PLoS ONE 2019;14:e0224137.",
    "brookmeyer": "Brookmeyer R, Crowley J. A confidence interval for the median survival time. "
    "Biometrics 1982;38:29–41.",
    "dunnett": "Dunnett CW. A multiple comparison procedure for comparing several treatments with "
    "a control. J Am Stat Assoc 1955;50:1096–1121.",
    "fay": "Fay MP, Brittain EH, Proschan MA. Pointwise confidence intervals for a survival "
    "distribution with small samples or heavy censoring. Biostatistics 2013;14:723–736.",
    "fieller": "Fieller EC. Some problems in interval estimation. J R Stat Soc B 1954;16:175–185.",
    "firth": "Firth D. Bias reduction of maximum likelihood estimates. Biometrika 1993;80:27–38.",
    "gao": "Gao H et al. High-throughput screening using patient-derived tumor xenografts to "
    "predict clinical trial drug response. Nat Med 2015;21:1318–1325.",
    "hartung": "Hartung J, Knapp G. A refined method for the meta-analysis of controlled clinical "
    "trials with binary outcome. Stat Med 2001;20:3875–3889.",
    "heinze": "Heinze G, Schemper M. A solution to the problem of monotone likelihood in Cox "
    "regression. Biometrics 2001;57:114–119.",
    "holm": "Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat "
    "1979;6:65–70.",
    "kaplan": "Kaplan EL, Meier P. Nonparametric estimation from incomplete observations. J Am "
    "Stat Assoc 1958;53:457–481.",
    "kenward": "Kenward MG, Roger JH. Small sample inference for fixed effects from restricted "
    "maximum likelihood. Biometrics 1997;53:983–997.",
    "nagashima": "Nagashima K, Noma H, Furukawa TA. Prediction intervals for random-effects "
    "meta-analysis: a confidence distribution approach. Stat Methods Med Res 2019;28:1689–1702.",
    "paule": "Paule RC, Mandel J. Consensus values and weighting factors. J Res Natl Bur Stand "
    "1982;87:377–385.",
    "pustejovsky": "Pustejovsky JE, Tipton E. Small-sample methods for cluster-robust variance "
    "estimation and hypothesis testing in fixed effects models. J Bus Econ Stat 2018;36:672–683.",
    "satterthwaite": "Satterthwaite FE. An approximate distribution of estimates of variance "
    "components. Biometrics Bull 1946;2:110–114.",
    "viechtbauer": "Viechtbauer W. Confidence intervals for the amount of heterogeneity in "
    "meta-analysis. Stat Med 2007;26:37–52.",
    "zou": "Zou GY, Donner A. Construction of confidence limits about effect measures: a general "
    "approach. Stat Med 2008;27:1693–1702.",
}


class Citations:
    """Numbers works in the order in which a text cites them."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __call__(self, *works: str) -> str:
        """The mark of these works in a text.

        >>> cite = Citations()
        >>> cite("holm"), cite("firth", "holm")
        ('[1]', '[1,2]')
        """
        numbers = sorted(self._numbers.setdefault(work, len(self._numbers) + 1) for work in works)
        return f"[{','.join(map(str, numbers))}]"

    @property
    def listed(self) -> tuple[str, ...]:
        """The works themselves, the first cited first."""
        return tuple(WORKS[work] for work in self._numbers)
