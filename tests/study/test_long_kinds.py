"""Long sheets of other tools, with columns that are read and columns that are not."""

from hypothesis import given

from .readings import DAYS, arm_of, few, long_of, numbers_of, volumes
from .sheets import finding_of, read, rules_of

PDXNET = "Contributor,Arms,Times,Volume,Study,ID,Tumor,Disease_Type,Body_Weight\n"
WEIGHED = (
    "Model\tTumor Type\tTreatment\tVolume (mm3)\tbody weight (g)\tDays Post T0\t% TVol Difference\n"
    "X-1\tGBM\tuntreated\t200\t25.5\t0\t0\nX-1\tGBM\tuntreated\t300\t25.7\t3\t50\n"
    "X-2\tGBM\tdrug\t210\t24.5\t0\t0\nX-2\tGBM\tdrug\t180\t24.4\t3\t-14\n"
)


def test_a_tab_separated_sheet_with_weights_is_long():
    study = read(WEIGHED)
    assert study.layout == "long"
    assert study.measurements["body_weight_g"].tolist() == [25.5, 25.7, 24.5, 24.4]
    assert study.mice["mouse"].tolist() == ["X-1", "X-2"]
    assert "'% TVol Difference'" in finding_of(study, "columns-not-used").seen


def test_volumes_that_somebody_doubted_are_named_and_left_empty():
    study = read(WEIGHED.replace("\t300\t", "\t68*\t"))
    found = finding_of(study, "not-a-number")
    assert ("'68*'" in found.seen, "Write 68" in found.proposal) == (True, True)
    assert len(study.measurements) == 4


def test_notes_and_doses_beside_diameters_are_named_as_not_used():
    text = "time,width,length,volume,comment,dose,ID,treatment\n0,1,1,0.52,small bud,5,a,veh\n"
    study = read(text + "3,4,5,,,5,a,veh\n0,3,4,,,,b,drug\n3,2,3,,,,b,drug\n")
    assert study.layout == "long"
    assert "'comment'" in finding_of(study, "columns-not-used").seen


def test_literal_na_of_diameters_is_missing():
    text = "mouse,arm,day,tumor.length.(mm),tumor.width.(mm)\n1,veh,0,6,5\n1,veh,3,na,n/a\n"
    study = read(text + "2,drug,0,7,5\n")
    assert study.measurements["length_mm"].isna().tolist() == [False, True, False]
    assert "not-a-number" not in rules_of(study)


@few
@given(volumes)
def test_nine_columns_of_a_consortium_come_back(grid):
    lines = [
        f"site,{arm_of(number)},{day},{'' if v is None else v},S1,m{number},M1,BRCA,20\n"
        for number, values in enumerate(grid)
        for day, v in zip(DAYS, values, strict=True)
    ]
    study = read(PDXNET + "".join(lines))
    assert (study.layout, study.design.name) == ("long", "S1")
    assert set(study.measurements["body_weight_g"]) == {20}
    assert numbers_of(study) == long_of(grid)
    assert len(study.measurements) == len(lines)
