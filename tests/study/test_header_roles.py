"""Headers in the languages of the trade, known by their parts."""

import pytest

from xenotrack.study.columns import header_words, recognise_header

from .sheets import read, rules_of

NUMBERS = [
    (mouse, arm, day, 8 + day / 5 + mouse / 10, 6 + day / 10)
    for mouse in range(1, 7)
    for arm in ("Vehicle" if mouse < 4 else "Drug A",)
    for day in (0, 4, 8, 14)
]
# Mouse, arm, day, length, width: of each language two ways at least.
HEADERS = {
    "German": ["Tier-Nr.", "Behandlungsgruppe", "Behandlungstag", "Tumorlänge [mm]", "Breite [mm]"],
    "German too": ["Mausnummer", "Versuchsgruppe", "Versuchstag", "Länge, mm", "Tumorbreite (mm)"],
    "French": ["N° animal", "Lot", "Jour", "Longueur (mm)", "Largeur (mm)"],
    "French too": [
        "Souris n°",
        "Groupe de traitement",
        "Jours",
        "Longueur tumeur",
        "Largeur tumeur",
    ],
    "Spanish": ["Nº de ratón", "Grupo", "Día de estudio", "Longitud del tumor", "Ancho del tumor"],
    "Italian": ["ID animale", "Gruppo sperimentale", "Giorno", "Lunghezza", "Larghezza"],
    "Portuguese": ["Número do animal", "Tratamento", "Dia", "Comprimento (mm)", "Largura (mm)"],
    "Dutch": ["Muis nr", "Groep", "Dag", "Lengte tumor (mm)", "Breedte tumor (mm)"],
    "Polish": ["Numer myszy", "Grupa", "Dzień leczenia", "Długość guza", "Szerokość guza"],
    "Czech": ["Myš č.", "Skupina", "Den", "Délka nádoru (mm)", "Šířka nádoru (mm)"],
    "Russian": ["№ животного", "Группа", "День лечения", "Длина опухоли, мм", "Ширина опухоли, мм"],
    "Turkish": ["Fare No", "Tedavi grubu", "Gün", "Uzunluk (mm)", "Genişlik (mm)"],
    "Chinese": ["小鼠编号", "实验组", "给药天数", "肿瘤长径(mm)", "肿瘤短径(mm)"],
    "Traditional Chinese": ["動物編號", "組別", "天數", "長徑(mm)", "短徑(mm)"],
    "Japanese": ["動物番号", "投与群", "投与後日数", "腫瘍長径 (mm)", "腫瘍短径 (mm)"],
    "Korean": ["동물 번호", "시험군", "투여 일수", "종양 장경", "종양 단경"],
    "Swedish": ["Djur nr", "Grupp", "Dag", "Längd (mm)", "Bredd (mm)"],
}
ENCODINGS = {
    "German": "cp1252",
    "Polish": "cp1250",
    "Russian": "cp1251",
    "Turkish": "cp1254",
    "Chinese": "gb18030",
    "Japanese": "cp932",
    "Korean": "cp949",
    "Traditional Chinese": "big5",
}


def csv(header, delimiter=";"):
    lines = [header, *([*map(str, row)] for row in NUMBERS)]
    return "".join(delimiter.join(line) + "\n" for line in lines)


@pytest.mark.parametrize("language", HEADERS)
def test_a_sheet_is_read_in_each_language(language):
    study = read(csv(HEADERS[language]))
    assert len(study.measurements) == len(NUMBERS)
    assert study.measurements["volume_mm3"].sum() == pytest.approx(
        sum(long * wide**2 / 2 for *_, long, wide in NUMBERS)
    )


@pytest.mark.parametrize("language", ENCODINGS)
def test_what_was_not_saved_as_utf8_is_read_by_its_words(language):
    data = csv(HEADERS[language], "\t").encode(ENCODINGS[language])
    study = read(data)
    assert len(study.measurements) == len(NUMBERS)
    assert "encoding-guessed" in rules_of(study)


@pytest.mark.parametrize("name", ["Lot", "Lots"])
def test_an_english_lot_is_no_arm(name):
    words = ["Mouse", name, "Day", "Volume"]
    assert "arm" not in recognise_header(words, {}).roles


def test_a_french_lot_yields_to_a_group():
    assert recognise_header(["Souris", "Lot", "Groupe", "Jour", "Volume"], {}).roles["arm"] == 2


@pytest.mark.parametrize(
    "name",
    [
        "Tumor weight",
        "Number of mice",
        "N animals",
        "Group mean",
        "Date of birth",
        "Tumorgewicht",
        "Nombre de souris",
        "Mean volume",
        "Volume change",
        "死亡日期",
        "剂量",
        "抑瘤率",
    ],
)
def test_what_says_something_else_has_no_role(name):
    words = ["x", name]
    assert not recognise_header(words, {}).roles, header_words(name)
