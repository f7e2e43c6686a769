import hashlib

import pytest

from xenotrack.errors import InputError
from xenotrack.glossary import TABLES
from xenotrack.study.finding import findings_frame
from xenotrack.study.ingest import read_studies, read_study
from xenotrack.study.settings import read_rules
from xenotrack.study.template import template

from .sheets import HEADER, clean_rows, read, sheet


def lay(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


def study_of(path):
    return read_study(path, read_rules(path))


def test_a_toml_names_its_sheet_relative_to_itself(tmp_path):
    lay(
        tmp_path,
        data__s_dot_csv=sheet(clean_rows()),
        study_dot_toml='[study]\nsheet = "data/s.csv"',
    )
    study = study_of(tmp_path / "study.toml")
    assert study.measurements["source"].iloc[0] == "data/s.csv:2"
    assert [source.name for source in study.sources] == ["study.toml", "s.csv"]
    digest = hashlib.sha256((tmp_path / "data/s.csv").read_bytes()).hexdigest()
    assert study.sources[1].sha256 == digest
    assert study.design.name == "s"


def test_an_absolute_sheet_is_named_without_its_folder(tmp_path):
    lay(tmp_path, s_dot_csv=sheet(clean_rows()), t_dot_toml=f'[study]\nsheet = "{tmp_path}/s.csv"')
    assert study_of(tmp_path / "t.toml").measurements["source"].iloc[0] == "s.csv:2"


def test_several_sheets_are_stacked_each_row_with_its_file(tmp_path):
    rows = clean_rows()
    lay(
        tmp_path,
        a_dot_csv=sheet(rows[:12]),
        b_dot_csv="arm;mouse;day;volume;weight\n"
        + "".join(f"{a};{m};{d};{v.replace('.', ',')};20,5\n" for m, a, d, v in rows[12:]),
        t_dot_toml='[study]\nsheet = ["a.csv", "b.csv"]',
    )
    study = study_of(tmp_path / "t.toml")
    assert len(study.measurements) == 24
    expected = read(sheet(rows)).measurements
    assert study.measurements["volume_mm3"].tolist() == expected["volume_mm3"].tolist()
    assert {source.split(":")[0] for source in study.measurements["source"]} == {"a.csv", "b.csv"}
    assert study.measurements["body_weight_g"].notna().sum() == 12
    assert not study.findings


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 'sheet = "calipers.csv"'),
        ('[study]\nsheet = "no.csv"', "no file"),
        ('[study]\nsheet = "."', "read"),
    ],
)
def test_a_toml_without_a_readable_sheet_is_refused(tmp_path, text, words):
    lay(tmp_path, t_dot_toml=text)
    with pytest.raises(InputError, match=words):
        study_of(tmp_path / "t.toml")


def test_every_study_of_a_sheet_is_read(tmp_path):
    rows = [["s1", *row] for row in clean_rows()] + [["s2", *row] for row in clean_rows()]
    lay(tmp_path, s_dot_csv=sheet(rows, "study," + HEADER))
    studies = read_studies(tmp_path / "s.csv")
    assert [study.design.name for study in studies] == ["s1", "s2"]
    assert all(len(study.mice) == 6 for study in studies)


def test_findings_are_a_table(clean):
    clean[5][3] = "x"
    frame = findings_frame(read(sheet(clean)).findings)
    assert list(frame) == list(TABLES["findings"])
    assert frame["cell"].tolist() == ["7"]
    assert len(findings_frame(read(sheet(clean_rows())).findings)) == 0


def test_a_template_reads_the_sheet_as_it_was_read(tmp_path):
    text = sheet(clean_rows(), "Animal ID,Gruppe,day,TV\n").replace("drug", 'a "b" + \\c')
    lay(
        tmp_path, s_dot_csv=text, d_dot_toml='[columns]\narm = "Gruppe"\n[study]\nsheet = "s.csv"\n'
    )
    declared = study_of(tmp_path / "d.toml")
    lay(tmp_path, t_dot_toml=template(declared))
    again = study_of(tmp_path / "t.toml")
    assert again.measurements.equals(declared.measurements)
    assert again.design.arms == declared.design.arms
    assert 'mouse = "Animal ID"' in template(declared)


def test_a_toml_alone_brings_its_own_rules(tmp_path):
    lay(
        tmp_path, s_dot_csv=sheet(clean_rows()), d_dot_toml='[study]\nsheet = "s.csv"\nname = "N"\n'
    )
    assert read_study(tmp_path / "d.toml").design.name == "N"


def test_the_tidy_table_of_a_tidy_sheet_is_the_same(clean):
    study = read(sheet(clean))
    again = read(study.tidy.to_csv(index=False))
    assert again.tidy.equals(study.tidy)
    places = ["source", "part", "row", "column"]
    assert again.measurements.drop(columns=places).equals(study.measurements.drop(columns=places))
    assert not again.findings


def test_rows_of_another_sheet_beside_a_tidy_one_have_their_own_place(clean, tmp_path):
    first = read(sheet(clean)).tidy.assign(source="lab.xlsx!C7")
    lay(tmp_path, a_dot_csv=first.to_csv(index=False))
    lay(tmp_path, b_dot_csv="mouse,arm,day,volume\nnew,control,0,100\nnew,control,7,200\n")
    lay(tmp_path, d_dot_toml='[study]\nsheet = ["a.csv", "b.csv"]\n')
    study = study_of(tmp_path / "d.toml")
    tidy = study.tidy.groupby("mouse")["source"].first()
    assert tidy.pop("new") == "b.csv:2"
    assert set(tidy) == {"lab.xlsx!C7"}
    assert "a.csv:2" in set(study.measurements["source"])  # which findings name


def test_a_tidy_table_is_read_as_one_whatever_stands_in_it():
    # A mouse `Animal No.` in an arm `Group`, read on day 3 alone: a line that looks like a header.
    rows = "Group,Mouse,Day 0,Day 3\nA,1,100,110\nA,2,90,95\nGroup,Animal No.,,15\n"
    study = read(rows)
    again = read(study.tidy.to_csv(index=False))
    assert again.layout == "long"
    assert again.measurements["volume_mm3"].equals(study.measurements["volume_mm3"])


def test_a_sheet_that_is_listed_twice_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("mouse,arm,day,volume\nm1,a,0,100\n")
    toml = tmp_path / "study.toml"
    toml.write_text('[study]\nsheet = ["a.csv", "a.csv", "a.csv"]\n')
    with pytest.raises(InputError, match=r"lists a\.csv 3 times"):
        read_study(toml)
