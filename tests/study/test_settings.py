import pytest

from xenotrack.errors import InputError
from xenotrack.study.settings import read_rules


def toml(folder, text):
    path = folder / "study.toml"
    path.write_text(text)
    return path


def test_every_key_is_optional():
    rules = read_rules(None, {})
    assert rules.volume.formula == "half_lw2"
    assert rules.study.day_zero == 0


def test_the_command_line_wins_over_the_toml(tmp_path):
    path = toml(tmp_path, '[study]\ncontrol = "veh"\nname = "s"\n[growth]\nfrom = 3\n')
    rules = read_rules(path, {"study": {"control": "ctrl", "name": None}, "growth": {}})
    assert (rules.study.control, rules.study.name, rules.growth.from_day) == ("ctrl", "s", 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[study]\nreadout = "flux"\n', ("'readout'", "It belongs under [volume].")),
        ("[growth]\nconfirm = true\n", ("'confirm'", "It belongs under [progression].")),
        ("[sudy]\n", ("'sudy'", "study", "at its top")),
        ('[study]\ncontrl = "v"\n', ("'contrl'", "'control'", "[study]")),
        ('[columns]\nvolume = "TV"\n', ("'volume'", "'volume_mm3'", "[columns]")),
        ('[volume]\nformula = "foo"\n', ("volume.formula", "half_lw2", "lwh")),
        ("[compare]\nlevel = 95\n", ("level", "95", "above 0 and below 1")),
        ("[growth]\nfrom = 30\nuntil = 3\n", ("from", "until")),
        ("[study]\nname = my study\n", ("not valid TOML", "quotes")),
        ('[study]\nday_zero = "soon"\n', ("day_zero", "'soon'", "first")),
        ("study = 3\n", ("study", "object")),
        ('arms = ["a"]\n', ("arms",)),
        ("[volume]\nlimit_mm3 = -1\n", ("limit_mm3", "above 0, as 15")),
        ("[progression]\nvalue = 0.5\n", ("[progression] value", "above 1")),
        ("[progression.rules]\na = { valeu = 3 }\n", ("'valeu'", "'value'", "'a'")),
        ("[progression.rules]\na = { value = 1 }\n", ("[progression.rules] 'a' value", "above 1")),
        ("[progression.rules]\na = { from = -3 }\n", ("'a' from", "at least 0")),
        ('[progression.rules]\na = { rule = "flod" }\n', ("'flod'", "fold, percent")),
        ('[progression.rules]\n"" = {}\n', ("no name",)),
        ("[progression.rules]\ndeclared = {}\n", ("'declared'", "no name")),
        ("[growth]\nuntil = inf\n", ("[growth] until", "inf", "a number up to")),
        ('[[exclude]]\nmuose = "m1"\n', ("'muose'", "'mouse'", "[exclude]")),
        ('[[exclude]]\nmouse = "m1"\nreason = "lost"\nday = nan\n', ("[exclude] day", "nan")),
    ],
)
def test_what_is_wrong_is_named_with_what_is_right(tmp_path, text, words):
    with pytest.raises(InputError) as error:
        read_rules(toml(tmp_path, text), {})
    for word in ("study.toml", *words):
        assert word in str(error.value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("33", 33), ("2.5", 2.5), ("first", "first"), ("2024-01-31", "2024-01-31")],
)
def test_a_day_zero_from_the_command_line_is_read_like_one_of_the_toml(written, meant):
    assert read_rules(None, {"study": {"day_zero": written}}).study.day_zero == meant


def test_a_toml_date_is_a_day_zero(tmp_path):
    assert read_rules(toml(tmp_path, "[study]\nday_zero = 2024-01-31\n")).study.day_zero == (
        "2024-01-31"
    )


def test_a_missing_toml_is_said(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        read_rules(tmp_path / "none.toml")


@pytest.mark.parametrize("day", ["nan", "inf", "-inf", "1e400", "1e12"])
def test_a_day_zero_that_is_no_number_of_days_is_refused(day):
    with pytest.raises(InputError, match="day_zero is"):
        read_rules(None, {"study": {"day_zero": day}})


@pytest.mark.parametrize(
    "text",
    [
        f"[study]\nday_zero = {'9' * 310}\n",
        f"[study]\nday_zero = {'9' * 5000}\n",
        f"[volume]\nlimit_mm3 = {'9' * 400}\n",
        f"a = {'[' * 5000}{']' * 5000}\n",
        "a." * 5000 + "b = 1\n",
    ],
    ids=["310 digits", "5000 digits", "400 digits of a volume", "5000 levels", "5000 dots"],
)
def test_a_file_of_monstrous_values_is_refused_in_words(tmp_path, text):
    path = tmp_path / "study.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"study\.toml"):
        read_rules(path)
