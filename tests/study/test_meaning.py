"""What a sheet says it holds, in whatever place and language: only volumes are read as volumes."""

import re

import pytest
from costs import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from xenotrack.errors import InputError
from xenotrack.study.ingest import read_study
from xenotrack.study.meaning import meaning_of
from xenotrack.study.settings import read_rules

from .files.test_workbook import workbook
from .readings import DAYS, arm_of, few, long_of, numbers_of, volumes, written
from .sheets import finding_of, read, rules_of

# As labs write them: English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish,
# Polish, Russian, Chinese, Japanese, Korean.
PHRASES = {
    "body_weight": "Body weight (g)|Körpergewicht [g]|Poids corporel (g)|Peso corporal|"
    "Peso corporeo (g)|Peso (g)|Lichaamsgewicht|Kroppsvikt (g)|Masa ciała|Масса тела (г)|体重 (g)|"
    "マウス体重|체중(g)|BW|Mouse_weights|weights",
    "diameter": "Tumor diameter (mm)|Tumordurchmesser|Diamètre (mm)|Diámetro tumoral|"
    "Diametro (mm)|Diâmetro|Doorsnede (mm)|Tumördiameter (mm)|Średnica guza|Диаметр опухоли|"
    "肿瘤直径(mm)|腫瘍直径|직경 (mm)|Tumor size (mm)",
    "length": "Length (mm)|Länge (mm)|Longueur|Longitud (mm)|Lunghezza|Comprimento (mm)|Lengte|"
    "Längd (mm)|Długość|Длина (мм)|长径|長さ (mm)|길이",
    "area": "Tumor area (mm2)|Tumorfläche|Surface (mm²)|Área tumoral|Superficie|Oppervlakte (mm2)|"
    "Yta (mm2)|Powierzchnia|Площадь|肿瘤面积|腫瘍面積|면적 (mm²)|Area",
    "relative": "RTV|Relative tumor volume|Relatives Tumorvolumen|Volume tumoral relatif|"
    "Volumen relativo|Volume relativo|Relatief tumorvolume|Relativ tumörvolym|Względna objętość|"
    "Относительный объем|相对肿瘤体积|相対腫瘍体積|상대 종양 부피|Change from baseline (%)|TGI (%)|"
    "Normalized tumor volume|Fold change|T/C",
    "log": "log10 tumor volume|ln(TV)|Logarithmus des Tumorvolumens|Logaritmo del volumen|对数体积",
    "flux": "Total flux (p/s)|BLI|Biolumineszenz|Bioluminescence|Bioluminiscencia|Luminescenza|"
    "Bioluminescência|Bioluminescentie|Luminiscens|Luminescencja|Люминесценция|生物发光|発光|발광",
    "marker": "PSA (ng/ml)|Serum PSA|Blutzucker (mg/dl)|Glycémie|Glucemia|Glicemia|Bloedsuiker|"
    "Stężenie|Концентрация PSA (ng/ml)|血糖|농도|PK plasma conc ng-mL|pERK signal|p-AKT|Ki67",
    "dose": "Dose (mg/kg)|Dosierung|Dosis|Posologie|Dosaggio|Dosering|Dawka|Доза|给药量|投与量|"
    "투여량|Dosing volume (ml)",
    "survival": "Survival|Überleben|Survie|Supervivencia|Sopravvivenza|Sobrevida|Overleving|"
    "Överlevnad|Przeżycie|Выживаемость|生存率|생존",
    "temperature": "Temperature (°C)|Temperatur|Température|Temperatura|Temperatuur|"
    "Температура|体温|체온|Body temperature",
    "intake": "Food intake (g)|Futteraufnahme|Consommation d'eau|Consumo de agua|Cibo|"
    "Voedselinname|Foder|Woda|Корм|摄食量|飲水量|섭취량|Water intake (ml)",
    "weight": "Tumor weight (mg)|Tumorgewicht|Poids tumoral|Peso tumoral|瘤重|Spleen weights",
    "weight_change": "Body weight change (%)|BW change|Relative body weight|体重变化率",
}
SAID = [(quantity, text) for quantity, texts in PHRASES.items() for text in texts.split("|")]
# What stands above, on or in the names of sheets of volumes.
_OF_VOLUMES = (
    "Tumor volume (mm3)|TV|Tumorvolumen (mm³)|Volume tumoral|Volumen|肿瘤体积|Объем опухоли|"
    "Study 12, DrugX 10 mg/kg|Dose response of DrugX in HCT116|Dose: 10 mg/kg|Body weight: 18-22 g|"
    "Effect of DrugX on tumor growth and body weight|TV and BW|Tumor growth inhibition by DrugX|"
    "Randomised by body weight|Food: ad libitum|Low dose cohort|Survival benefit of X + Y|Calipers|"
    "Mice with 5 mm tumors|2024-03-01|Efficacy study|T1|SU-DHL-4|Data|Weight-matched arms|"
    "pAKT inhibitor"
)


def wide(title, rows):
    """A wide sheet below a title, where there is one."""
    lines = [[title]] if title else []
    lines += [["Mouse", "Group", *map(str, DAYS)], *rows]
    width = max(map(len, lines))
    return [[*row, *[""] * (width - len(row))] for row in lines]


def rows_of(grid):
    return [[f"m{n}", arm_of(n), *map(written, values)] for n, values in enumerate(grid)]


def as_csv(lines):
    return "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in lines)


def file_name(text):
    return "".join("_" if letter in '/\\:*?"<>|%' else letter for letter in text)


def said_in(place, text, grid, folder):
    """A sheet of a grid that says in one place what its numbers are."""
    rows = rows_of(grid)
    if place == "title":
        return as_csv(wide(text, rows)).encode()
    if place == "tab":
        return workbook({re.sub(r"[\[\]:*?/\\']", "-", text)[:31]: wide("", rows)})
    if place == "file":
        path = folder / f"{file_name(text)}.csv"
        path.write_text(as_csv(wide("", rows)), encoding="utf-8")
        return path
    heads = [["Mouse", "Group", "Day", text]]
    longs = [[m, a, d, v] for m, a, *values in rows for d, v in zip(DAYS, values, strict=True)]
    return as_csv([*heads, *[[str(cell) for cell in row] for row in longs]]).encode()


def refusal_of(source):
    """The words in which a sheet is refused, or the names of its errors."""
    try:
        return " ".join(one.rule for one in read_study(source, read_rules(None)).errors)
    except InputError as refusal:
        return str(refusal)


@pytest.mark.parametrize(("quantity", "text"), SAID)
def test_a_phrase_names_its_quantity(quantity, text):
    liquid = meaning_of(text).quantity == "other_volume" and "(ml)" in text
    assert meaning_of(text).quantity == quantity or liquid


@pytest.mark.parametrize("text", _OF_VOLUMES.split("|"))
def test_a_phrase_above_volumes_names_nothing_else(text):
    study = read(as_csv(wide(text, rows_of([(100, 150, 200)] * 6))))
    assert len(study.readings) == 18


@pytest.mark.parametrize("place", ["title", "tab", "file", "header"])
@settings(few, max_examples=examples(15))
@given(said=st.sampled_from(SAID), grid=volumes)
def test_a_sheet_of_anything_but_volumes_is_never_read_as_volumes(
    place, said, grid, tmp_path_factory
):
    if place in ("tab", "file") and "/" in said[1]:
        return  # nothing can be called so
    source = said_in(place, said[1], grid, tmp_path_factory.mktemp("said"))
    refusal = refusal_of(source)
    assert "not tumour volumes" in refusal or "unknown-unit" in refusal
    assert len(refusal.splitlines()) == 1


@few
@given(said=st.sampled_from(SAID), grid=volumes)
def test_what_the_lab_says_goes_before_what_a_title_says(said, grid):
    text = as_csv(wide(said[1], rows_of(grid)))
    study = read(text, {"volume": {"readout": "volume"}})
    assert numbers_of(study) == long_of(grid)


def test_the_refusal_says_where_it_stands_and_what_settles_it():
    with pytest.raises(InputError, match=r"holds body weights, not tumour volumes: its title says "
                       r"'Body weight \(g\)'.*--readout volume"):  # fmt: skip
        read(as_csv(wide("Body weight (g)", rows_of([(20, 21, 22)] * 6))))


@pytest.mark.parametrize("text", ["Tumor volume (cm3)", "Volumen (cm³)", "肿瘤体积 (cm3)"])
def test_cubic_centimetres_in_a_title_are_read_as_such(text):
    study = read(as_csv(wide(text, rows_of([(0.1, 0.15, 0.2)] * 6))))
    assert study.readings["volume_mm3"].tolist() == pytest.approx([100, 150, 200] * 6)
    assert "in cm3" in finding_of(study, "unit-in-header").seen


def test_centimetres_in_the_title_of_diameters_are_read_as_such():
    head = ["Mouse", "Group", "0", "0", "3", "3"]
    rows = [[f"m{n}", arm_of(n), "0.8", "0.6", "1.0", "0.7"] for n in range(6)]
    study = read(as_csv([["Diameters (cm)", *[""] * 5], head, *rows]))
    assert study.readings["volume_mm3"].tolist() == pytest.approx([144, 245] * 6)


@pytest.mark.parametrize("title", ["Body weight (g)", "Total flux (p/s)", "Glucose (mg/dl)"])
def test_two_numbers_a_day_of_anything_else_are_no_diameters(title):
    head = ["Mouse", "Group", "0", "0", "3", "3"]
    rows = [[f"m{n}", arm_of(n), "21", "20", "22", "21"] for n in range(6)]
    with pytest.raises(InputError, match="its title says"):
        read(as_csv([[title, *[""] * 5], head, *rows]))


@pytest.mark.parametrize("head", ["Value", "Size", "Measurement"])
def test_a_long_sheet_that_does_not_name_its_numbers_is_what_its_title_says(head):
    rows = [[f"m{n}", arm_of(n), str(d), "21"] for n in range(6) for d in DAYS]
    with pytest.raises(InputError, match="holds body weights"):
        read(as_csv([["Body weight (g)", "", "", ""], ["Mouse", "Group", "Day", head], *rows]))
    named = [["Mouse", "Group", "Day", "Volume (mm3)"], *rows]
    assert len(read(as_csv([["Body weight (g)", "", "", ""], *named])).readings) == 18


def test_the_tumours_tab_that_nobody_can_read_is_not_replaced_by_another():
    wild = [
        ["Tumor sizes are in mm"],
        ["", "Mouse=>", "XM1"],
        ["Tumor #", "Size", "Size"],
        [1, 5, 6],
    ]
    for name in ("Weights_all", "Doses", "BLI", "S2"):
        with pytest.raises(InputError, match="Tumor sizes"):
            read(workbook({"Tumor sizes": wild, name: wide("", rows_of([(21, 21, 22)] * 6))}))
    with pytest.raises(InputError, match="--sheet 'S2'"):
        read(workbook({"Tumor sizes": wild, "S2": wide("", rows_of([(210, 210, 220)] * 6))}))


def test_sheets_of_other_quantities_are_left_beside_the_volumes():
    own = wide("", rows_of([(100, 150, 200)] * 6))
    study = read(workbook({"RTV": own, "TV": own, "Dose": own, "TGI (%)": own}))
    assert len(study.readings) == 18
    assert rules_of(study).count("sheet-not-read") == 3


def test_weights_of_other_days_are_joined_and_stand_on_rows_of_their_own(tmp_path):
    (tmp_path / "tumors.csv").write_text(as_csv(wide("", rows_of([(100, 150, 200)] * 6))))
    for name in ("mouse_wts", "Gewichte", "poids_souris", "study3_bodyweights"):
        weights = [
            ["Mouse", "Group", "1", "4"],
            *([f"m{n}", arm_of(n), "21", "22"] for n in range(6)),
        ]
        (tmp_path / f"{name}.csv").write_text(as_csv(weights))
        toml = tmp_path / "study.toml"
        toml.write_text(f'[study]\nsheet = ["tumors.csv", "{name}.csv"]\n')
        study = read_study(toml, read_rules(toml))
        assert len(study.readings) == 18
        assert study.measurements["body_weight_g"].count() == 12
