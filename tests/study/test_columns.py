import pandas as pd
import pytest

from xenotrack.errors import InputError
from xenotrack.study.columns import header_words, recognise_header, refuse_equal_rivals

from .sheets import clean_rows, finding_of, read, rules_of, sheet


def roles(*names, body=None):
    header = recognise_header(names, {}, body)
    return {role: names[column] for role, column in header.roles.items()}


@pytest.mark.parametrize(
    ("names", "meant"),
    [
        ("model.id time volume drug", "mouse day volume arm"),
        ("MouseID Treatment Day TumVol Cell", "mouse arm day volume -"),
        ("Model Mice.ID Treatment Tumor.Volume DaysPostT0", "- mouse arm volume day"),
        ("Contributor Arms Times Volume Study ID Tumor", "- arm day volume study mouse tumor"),
        ("study_id group_name animalID DAY_OF_STUDY BODY_WEIGHT TUMOR_VOLUME",
         "study arm mouse day body_weight volume"),
        ("subject Time Treatment TumorVolume", "mouse day arm volume"),
        ("SUBJID TRTGRP VISITDY TV", "mouse arm day volume"),
        ("Cage Treatment Mouse_ID date L W H BW",
         "cage arm mouse date length width height body_weight"),
        ("Animal Grp Day Dmax Dmin", "mouse arm day length width"),
        ("ID Cohort Treatment Week Volume Number", "mouse - arm week volume -"),
        ("Days Group Number Value", "day arm mouse volume"),
        ("tag regimen day tumor.length.(mm) tumor.width.(mm)", "mouse arm day length width"),
        ("mouse arm date W volume", "mouse arm date - volume"),
        ("mouse arm day L R", "mouse arm day - -"),
        ("Maus-Nr Gruppe Tag Länge Breite KGW", "mouse arm day length width body_weight"),
        ("Tag Gruppe Versuchstag Volumen", "mouse arm day volume"),
        ("Mouse Tag Group Day Volume", "mouse - arm day volume"),
        ("Mouse Tx_Group Days_post-randomization Volume", "mouse arm day volume"),
        ("Mouse_no. Rx DPI Volume mass_g", "mouse arm day volume body_weight"),
        ("Mouse Rx DPI Volume Mass", "mouse arm day volume -"),
    ],
)  # fmt: skip
def test_headers_of_many_labs_are_recognised(names, meant):
    names = names.split()
    expected = {role: name for role, name in zip(meant.split(), names, strict=True) if role != "-"}
    assert roles(*names) == expected


@pytest.mark.parametrize(
    ("name", "words", "unit"),
    [
        ("Tumor length [mm]", "tumor length", "mm"),
        ("Volume (cm^3)", "volume", "cm3"),
        ("volume_mm3", "volume", "mm3"),
        ("Body weight (g)", "body weight", "g"),
        ("body_weight_g", "body weight", "g"),
        ("Signal (RLU)", "signal", "rlu"),
        ("Объём опухоли (мм3)", "объём опухоли", "mm3"),
        ("长径(毫米)", "长径", "mm"),
        ("TumourVolume", "tumor volume", ""),
    ],
)
def test_a_header_holds_words_and_a_unit(name, words, unit):
    assert header_words(name) == (words, unit)


def test_of_two_arm_columns_the_words_are_taken_before_the_code():
    body = pd.DataFrame([["1", "Control"], ["2", "Drug A"]])
    assert roles("treatment", "group", body=body[[0, 1]])["arm"] == "group"
    assert roles("group", "treatment", body=body)["arm"] == "treatment"


def test_the_column_not_taken_is_named():
    text = "mouse,group,treatment,day,volume\nm1,1,veh,0,100\nm1,1,veh,3,120\n"
    study = read(text)
    assert study.design.arm_names == ("veh",)
    assert "not 'group'" in finding_of(study, "column-chosen").seen


def test_two_columns_that_fit_equally_are_asked_about():
    text = "mouse,treatment,arm,day,volume\nm1,a,b,0,100\nm1,c,d,3,120\n"
    with pytest.raises(InputError, match=r'\[columns\]\narm = "treatment"'):
        read(text)
    assert read(text, {"columns": {"arm": "arm"}}).design.arm_names == ("b", "d")


def test_of_two_columns_that_sort_mice_alike_the_first_is_taken():
    text = "mouse,Group,Grp,day,volume\n" + "".join(
        f"{arm}{n},{arm},{place}.{arm},{day},{100 + day}\n"
        for place, arm in enumerate(("CTR", "D", "R"))
        for n in range(2)
        for day in (0, 4)
    )
    study = read(text)
    assert study.design.arm_names == ("CTR", "D", "R")
    assert "not 'Grp'" in finding_of(study, "column-chosen").seen
    with pytest.raises(InputError, match=r"could each be the arm"):
        read(text.replace("R1,R,2.R,4", "R1,R,0.CTR,4"))


def test_two_equal_columns_are_one():
    header = recognise_header(("animal", "mouse"), {}, pd.DataFrame([["1", "1"], ["2", "2"]]))
    refuse_equal_rivals(header, "x.csv")
    assert header.roles["mouse"] == 0


def test_declared_columns_come_before_recognised_ones():
    text = "volume,old volume,Tier,Gruppe,Tag\n1,100,m1,a,0\n2,120,m1,a,3\n"
    columns = {"mouse": "Tier", "arm": "gruppe", "day": "Tag", "volume_mm3": "old volume"}
    study = read(text, {"columns": columns})
    assert study.measurements["volume_mm3"].tolist() == [100, 120]


def test_a_declared_column_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(InputError, match=r"'Animal'.*Did you mean 'Animal ID'"):
        read(sheet(clean_rows(), "Animal ID,arm,day,volume\n"), {"columns": {"mouse": "Animal"}})


def test_a_sheet_of_no_layout_says_what_was_looked_for_and_seen():
    with pytest.raises(InputError) as error:
        read("Nager,Band,Zeit,Wert\n1,a,0,100\n")
    for word in ("long", "wide", "Nager, Band, Zeit, Wert", "[columns]", 'mouse = "'):
        assert word in str(error.value)


def test_a_unit_in_the_header_is_used_with_a_finding(clean):
    small = [[*row[:3], str(float(row[3]) / 1000)] for row in clean]
    study = read(sheet(small, "mouse,arm,day,Volume (cm3)\n"))
    assert study.measurements["volume_mm3"].min() == pytest.approx(100)
    assert finding_of(study, "unit-in-header").severity == "warning"


def test_a_unit_that_the_role_cannot_have_is_an_error_until_declared(clean):
    text = sheet(clean, "mouse,arm,day,Volume (RLU)\n")
    assert finding_of(read(text), "unknown-unit").severity == "error"
    settled = read(text, {"columns": {"volume_mm3": "Volume (RLU)"}})
    assert not settled.errors


def test_columns_that_were_not_used_are_named_once(clean):
    text = sheet([[*row, "x"] for row in clean], "mouse,arm,day,volume,Ki67\n")
    assert "'Ki67'" in finding_of(read(text), "columns-not-used").seen
    text = sheet([[*row, "x"] for row in clean], "mouse,arm,day,volume,sex\n")
    assert rules_of(read(text)) == rules_of(read(sheet(clean)))


@pytest.mark.parametrize(
    "header",
    [
        "Maus;Gruppe;Versuchstag;Länge (mm);Breite (mm);Gewicht (g)",
        "Souris;Groupe;Jour;Longueur (mm);Largeur (mm);Poids (g)",
        "Ratón;Grupo;Día;Largo (mm);Ancho (mm);Peso (g)",
        "Topo;Gruppo;Giorno;Lunghezza (mm);Larghezza (mm);Peso (g)",
    ],
)
def test_headers_of_neighbours_are_recognised(header):
    rows = "".join(
        f"{mouse};{arm};{day};{8 + day / 7};6,5;21,5\n".replace(".", ",")
        for mouse, arm in (("1", "Kontrolle"), ("2", "Kontrolle"), ("3", "B"), ("4", "B"))
        for day in (0, 7, 14)
    )
    study = read(f"{header}\n{rows}")
    assert study.design.control == "Kontrolle"
    first = study.measurements.iloc[0]
    assert (first["length_mm"], first["width_mm"], first["body_weight_g"]) == (8, 6.5, 21.5)


def test_a_column_of_clock_times_is_not_the_day():
    rows = "2022-03-14,09:31,1,veh,100\n2022-03-18,10:05,1,veh,120\n2022-03-18,,2,drug,90\n"
    study = read("Date,Time,Mouse,Group,Volume\n" + rows)
    assert study.measurements["day"].tolist() == [0, 4, 4]
    assert "'Time'" in finding_of(study, "columns-not-used").seen


def test_a_column_of_times_that_are_days_stays_the_day():
    study = read("Time,Mouse,Group,Volume\n0,1,veh,100\n3,1,veh,120\n3,2,drug,90\n")
    assert study.measurements["day"].tolist() == [0, 3, 3]


def test_a_cohort_is_the_arm_where_nothing_else_is_and_its_cells_are_words():
    text = "Mouse,Cohort,Day,Volume\n1,Vehicle,0,100\n2,Alpelisib,0,90\n"
    assert read(text).design.arm_names == ("Vehicle", "Alpelisib")
    numbered = text.replace("Vehicle", "Cohort 1").replace("Alpelisib", "Cohort 2")
    with pytest.raises(InputError, match="and no arm"):
        read(numbered)


@pytest.mark.parametrize("name", ["", "X", "...1", "Unnamed: 0"])
def test_numbers_of_rows_are_no_reading_and_no_doubt(name):
    rows = [f"m{n},{'ab'[n % 2]},{d},{100 + n + d}" for n in range(4) for d in (0, 3, 7)]
    numbered = "\n".join(f"{number},{row}" for number, row in enumerate(rows, start=1))
    told = {"columns-not-used", "columns-of-numbers-not-read"}
    assert not told & set(rules_of(read(f"{name},mouse,arm,day,volume\n{numbered}")))
    weighed = "\n".join(f"{20 + len(row) % 3},{row}" for row in rows)
    assert told & set(rules_of(read(f"{name},mouse,arm,day,volume\n{weighed}")))
