"""Small inputs kept beside the repository, against the table that should come of each."""

import pandas as pd
import pytest

from xenotrack.errors import XenotrackError
from xenotrack.study.ingest import read_studies
from xenotrack.study.settings import read_rules

LWH = {"volume": {"formula": "pi6_lwh"}}
SHEETS = {
    "01-weights-title.csv": {},
    "02-mice_weights.csv": {},
    "03-weights-tab.xlsx": {},
    "04-weights-beside-unread-tumours.xlsx": {},
    "06-diameter-title.csv": {},
    "08-length-tab.xlsx": {},
    "10-percent-change.csv": {},
    "11-log-fold.csv": {},
    "12-flux-title.csv": {},
    "14-weights-on-other-days": {},
    "15-no-height-first-visit.csv": LWH,
    "16-flank-header-with-x.csv": {},
    "21-fast-daily.csv": {},
}
REFUSED = (
    "bugs/c14_mean_sem_n.pzfx",
    "bugs/c14c_mean_csv.csv",
    "bugs/c14d_mean_csv.csv",
    "bugs/c14e_prism_export.csv",
    "bugs/c58_flux.csv",
    "bugs/c01_replicates.csv",
    "newcomer/flank_in_id.csv",
)
SHOWN = ["mouse", "tumor", "arm", "day", "length_mm", "width_mm", "height_mm", "volume_mm3",
         "body_weight_g"]  # fmt: skip


def tidy_of(path, options=None):
    """The tidy table of an input, empty where it is refused or asked about."""
    source = path / "study.toml" if path.is_dir() else path
    toml = source if source.suffix == ".toml" else None
    try:
        studies = read_studies(source, read_rules(toml, options))
    except XenotrackError:
        return pd.DataFrame(columns=SHOWN)
    if any(study.errors for study in studies):
        return pd.DataFrame(columns=SHOWN)
    return pd.concat([study.tidy for study in studies])[SHOWN].reset_index(drop=True)


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_gives_the_table_that_should_come(faults, name):
    path = faults(f"sheets/{name}")
    wanted = pd.read_csv(
        faults(f"sheets/{name.partition('.')[0]}.expected.csv"),
        dtype={"mouse": str, "tumor": str},
        keep_default_na=False,
        na_values=[""],
    )[SHOWN]
    found = tidy_of(path, SHEETS[name])
    assert len(found) == len(wanted)
    if len(wanted):
        names = ["mouse", "tumor", "arm"]
        assert found[names].to_numpy().tolist() == wanted[names].fillna("").to_numpy().tolist()
        numbers = [column for column in SHOWN if column not in names]
        pd.testing.assert_frame_equal(
            found[numbers].astype(float), wanted[numbers].astype(float), check_dtype=False
        )


@pytest.mark.parametrize("name", REFUSED)
def test_an_input_of_no_single_mice_or_no_volumes_is_refused_or_asked_about(faults, name):
    assert tidy_of(faults(name)).empty


@pytest.mark.parametrize("name", ["e.csv", "e5.csv"])
def test_a_baseline_beside_weights_is_day_0(faults, name):
    assert tidy_of(faults(f"newcomer/{name}"))["day"].min() == 0
