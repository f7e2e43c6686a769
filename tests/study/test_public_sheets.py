"""The public sheets beside the repository, with the options that their README names."""

from pathlib import Path

import pytest

from xenotrack.study.ingest import read_studies
from xenotrack.study.settings import read_rules

DATA = Path(__file__).parents[3] / "shared" / "data"
CONTROL = {"study": {"control": "Control"}}
VEHICLE = {"study": {"control": "Vehicle"}}
SHEETS = {
    "synergylmm_grwth_data.csv": (
        {
            "study": {"control": "Control"},
            "arms": {"Control": [], "DrugA": ["A"], "DrugB": ["B"], "Combination": ["A", "B"]},
        },
        [(32, 352)],
    ),
    "invivosyn_CR1197.csv": ({"study": {"control": "Vehicle", "day_zero": "first"}}, [(37, 379)]),
    "invivosyn_SW837.csv": (VEHICLE, [(24, 120)]),
    "invivosyn_LS_1034.csv": (VEHICLE, [(41, 233)]),
    "invivosyn_SNU-81.csv": (VEHICLE, [(26, 123)]),
    "inspectumours_example.csv": (CONTROL, [(40, 411), (40, 513), (50, 538)]),
    "squeak_long_mice.csv": (CONTROL | {"volume": {"unit": "cm3"}}, [(19, 475)]),
    "maeve_palb_temo_01.csv": ({"study": {"control": "veh"}}, [(40, 668)]),
}  # fmt: skip


@pytest.mark.skipif(not DATA.exists(), reason="the public sheets are not part of the project")
@pytest.mark.parametrize("name", SHEETS)
def test_every_mouse_and_row_of_a_public_sheet_is_read_without_an_error(name):
    options, expected = SHEETS[name]
    studies = read_studies(DATA / name, read_rules(None, options))
    assert [(len(one.mice), len(one.measurements)) for one in studies] == expected
    assert not [finding for study in studies for finding in study.errors]


@pytest.mark.skipif(not DATA.exists(), reason="the public sheets are not part of the project")
def test_cubic_centimetres_are_cubic_millimetres_times_a_thousand():
    (study,) = read_studies(
        DATA / "squeak_long_mice.csv", read_rules(None, SHEETS["squeak_long_mice.csv"][0])
    )
    assert 20 < study.mice["baseline_mm3"].median() < 500
