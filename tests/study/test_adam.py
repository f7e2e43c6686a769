"""Exports as ADaM has them: a parameter a row, named in PARAMCD and PARAM."""

import pytest

from xenotrack.errors import InputError

from .sheets import read

MICE = {"X-001": "Vehicle", "X-002": "Vehicle", "X-003": "Drug", "X-004": "Drug"}
DAYS = (1, 5, 9)
HEAD = "STUDYID,USUBJID,{trt},PARAMCD,PARAM,AVAL,AVALU,ADY,AVISIT,ABLFL\n"
VOLUME = ("TUMVOL", "Tumor Volume (mm3)", "mm3", 130)
LENGTH = ("LENGTH", "Tumor Length (mm)", "mm", 8)
WIDTH = ("WIDTH", "Tumor Width (mm)", "mm", 6)
WEIGHT = ("BW", "Body Weight (g)", "g", 21)
ALT = ("ALT", "Alanine Aminotransferase (U/L)", "U/L", 40)


def adam(*parameters, trt="TRT01A"):
    rows = [
        f"S1,{mouse},{arm},{code},{words},{value + day / 4},{unit},{day},Day {day},"
        for mouse, arm in MICE.items()
        for day in DAYS
        for code, words, unit, value in parameters
    ]
    return HEAD.format(trt=trt) + "\n".join(rows) + "\n"


@pytest.mark.parametrize("trt", ["TRT01A", "TRT01P", "TRTA", "TRTP", "ACTARM"])
@pytest.mark.parametrize("beside", [(), (WEIGHT,)])
def test_a_parameter_of_volumes_is_read(trt, beside):
    study = read(adam(VOLUME, *beside, trt=trt))
    assert dict(zip(study.mice["mouse"], study.mice["arm"], strict=True)) == MICE
    rows = study.measurements
    assert (rows["volume_mm3"] == 130 + rows["day"] / 4).all()
    assert rows["body_weight_g"].notna().all() == bool(beside)


@pytest.mark.parametrize(
    "words", [("Tumor Length (mm)", "Tumor Width (mm)"), ("Longest Diameter", "Short Diameter")]
)
def test_parameters_of_length_and_width_are_read(words):
    long, short = (
        (*one[:1], word, *one[2:]) for one, word in zip((LENGTH, WIDTH), words, strict=True)
    )
    rows = read(adam(long, short)).measurements
    assert (rows["length_mm"] == 8 + rows["day"] / 4).all()
    assert (rows["width_mm"] == 6 + rows["day"] / 4).all()


def test_a_unit_that_the_parameter_alone_says_is_read():
    cubic = ("TUMVOL", "Tumor Volume (cm3)", "", 0.25)
    rows = read(adam(cubic)).measurements
    assert rows["volume_mm3"].tolist() == pytest.approx((1000 * (0.25 + rows["day"] / 4)).tolist())


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ((ALT,), "PARAMCD ALT: none is a tumour's size"),
        ((WEIGHT,), "PARAMCD BW: none is a tumour's size"),
        ((VOLUME, ALT), "PARAMCD TUMVOL, ALT: keep the rows of TUMVOL alone"),
        ((("RTV", "Relative Tumor Volume", "", 1),), "PARAMCD RTV: none is a tumour's size"),
        ((("TVCHG", "Change in Tumor Volume (%)", "%", 1),), "PARAMCD TVCHG: none is"),
    ],
)
def test_other_parameters_are_told_in_a_sentence(parameters, said):
    with pytest.raises(InputError, match=said) as refused:
        read(adam(*parameters))
    assert "\n" not in str(refused.value)
