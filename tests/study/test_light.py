"""Light (luminescence) by name: read where it is declared, and in no word a volume."""

import re

import pytest

from xenotrack import Results
from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.errors import InputError
from xenotrack.glossary import COLUMNS, TABLES
from xenotrack.many.pool import with_stored
from xenotrack.present.collect import collect_tables
from xenotrack.present.figures.catalogue import FIGURES
from xenotrack.present.summary import summarise
from xenotrack.present.tell.doubts import DOUBTS
from xenotrack.study.rules import Rules

from .sheets import read

LIGHT = {"volume": {"readout": "flux"}}
DAYS = (0, 4, 8, 12)
GROWTH = {"Vehicle": 1.5, "low volume": 1.1}


def flux(arm, mouse, day):
    return f"{(8 + mouse) * 1e5 * GROWTH[arm] ** day * (1 + 0.1 * ((mouse + day) % 3)):.3e}"


MICE = [(arm, mouse) for arm in GROWTH for mouse in range(4)]
LONG = "Mouse,Group,Day,Total Flux (p/s)\n" + "".join(
    f"{arm[0]}{mouse},{arm},{day},{flux(arm, mouse, day)}\n" for arm, mouse in MICE for day in DAYS
)
WIDE = "BLI (photons/s)\nGroup,Mouse,D0,D4,D8,D12\n" + "".join(
    f"{arm},{arm[0]}{mouse},{','.join(flux(arm, mouse, day) for day in DAYS)}\n"
    for arm, mouse in MICE
)


@pytest.mark.parametrize("text", [LONG, WIDE], ids=["long", "wide"])
def test_light_is_refused_with_the_line_that_reads_it(text):
    line = r"holds light .* `readout = \"flux\"` under \[volume\] \(--readout flux\)"
    with pytest.raises(InputError, match=line):
        read(text)
    study = read(text, LIGHT)
    assert study.measurements["volume_mm3"].max() > 1e7
    assert not study.errors


@pytest.mark.parametrize(
    ("title", "said"), [("Tumor volume (mm3)", "tumour volumes"), ("Body weight (g)", "weights")]
)
def test_what_says_that_it_is_no_light_is_none(title, said):
    with pytest.raises(InputError, match=rf"holds .*{said}.*, not light"):
        read(WIDE.replace("BLI (photons/s)", title), LIGHT)


def test_of_two_columns_of_light_one_is_asked_for():
    text = LONG.replace("\n", ",5\n").replace("(p/s),5", "(p/s),Radiance")
    with pytest.raises(InputError, match=r"'Total Flux \(p/s\)', 'Radiance' could each be"):
        read(text, LIGHT)


def test_no_word_of_a_study_of_light_is_about_volumes():
    results = Results(read(LONG, LIGHT))
    tables = collect_tables(results)
    design = results.study.design
    columns = [name for frame in tables.values() for name in design.readout.table(frame)]
    assert {"flux", "baseline_flux"} <= set(columns)
    assert not [name for name in columns if "mm3" in name]
    said = summarise(results)
    assert "low volume" in said
    assert "Fluxes as they stand" in said
    assert not re.search(r"mm³|caliper|volume", said.replace("low volume", ""), re.IGNORECASE)
    assert not results.response["pptp"].notna().any()


def test_the_axis_has_the_unit_of_the_sheet():
    results = Results(read(WIDE, LIGHT))
    assert results.figure("growth_by_arm").labels.y == "Flux (p/s)"


def test_light_that_is_zero_lies_below_the_smallest_there_is():
    study = read(LONG.replace(flux("Vehicle", 0, 0), "0"), LIGHT)
    positive = study.measurements["volume_mm3"]
    assert study.limit_mm3 == positive[positive > 0].min()


def test_an_absolute_rule_on_light_needs_its_value():
    rule = {**LIGHT, "progression": {"rule": "absolute"}}
    with pytest.raises(InputError, match="an absolute rule on light needs its flux"):
        read(LONG, rule)


AXES = ("length_mm", "width_mm", "height_mm")
OF_VOLUMES = re.compile(r"volume|mm³|mm3|caliper", re.IGNORECASE)
# Names of files and of keys of study.toml are no words for what was measured.
NAMES = re.compile(r"`[^`]*`|\[\w+\]|\w+_\w+\.\w+|volume_progression|--\S+")


def light_design():
    return read(LONG, LIGHT).design


def test_every_word_of_the_glossary_is_that_of_the_readout():
    readout = light_design().readout
    ours = {name for columns in TABLES.values() for name in columns} - set(AXES)
    columns = readout.glossary({name: COLUMNS[name] for name in ours if name in COLUMNS})
    said = [f"{name} {one.unit} {NAMES.sub('', one.meaning)}" for name, one in columns.items()]
    assert not [text for text in said if OF_VOLUMES.search(text)]


def test_every_word_of_doubts_and_figures_is_that_of_the_readout():
    readout = light_design().readout
    texts = [text for words in DOUBTS.values() for text in words]
    texts += [text for figure in FIGURES for text in figure if isinstance(text, str)]
    said = [NAMES.sub("", readout.words(text)) for text in texts if text not in OUTCOMES]
    assert not [text for text in said if OF_VOLUMES.search(text)]


def test_the_change_of_light_is_called_so():
    results = Results(read(LONG, LIGHT))
    (found,) = results.compare(["ln_volume"], ("control",), 12)
    table = results.study.design.readout.table(found.to_frame())
    assert set(table["outcome"]) == {"ln_flux"}


@pytest.mark.slow
def test_no_file_of_a_run_of_light_speaks_of_volumes(tmp_path, ask):
    sheet, out = tmp_path / "light.csv", tmp_path / "out"
    sheet.write_text(LONG.replace("low volume", "drug"), encoding="utf-8")
    ask("run", sheet, "--readout", "flux", "-o", out, "--figures", "all", code=0)
    for path in out.rglob("*"):
        if path.suffix in (".csv", ".md", ".txt", ".svg", ".pzfx"):
            text = NAMES.sub("", path.read_text(encoding="utf-8"))
            assert not OF_VOLUMES.search(text.replace("volume_progression", "")), path


def stored(readout):
    growth = {"blocked_below": 0.01, "variances": "by_arm"}
    volume = {"readout": readout, "readout_unit": "p/s" if readout == "flux" else None}
    return {"compare": {"level": 0.95}, "growth": growth, "volume": volume}


def test_a_pool_of_folders_has_the_readout_of_their_studies():
    assert with_stored(Rules(), stored("flux"), {}).volume.readout == "flux"
    assert with_stored(Rules(), stored("flux"), {}).volume.readout_unit == "p/s"
    assert with_stored(Rules(), stored("volume"), {}).volume.readout == Rules().volume.readout


@pytest.mark.slow
def test_no_file_of_a_pool_of_light_speaks_of_volumes(tmp_path, ask):
    lines = ["line," + LONG.splitlines()[0]]
    for line in ("PDX1", "PDX2"):
        rows = LONG.replace("low volume", "drug").splitlines()[1:]
        lines += [f"{line},{line}{row}" for row in rows]
    sheet, out = tmp_path / "light.csv", tmp_path / "pool"
    sheet.write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = ask("pool", sheet, "--column", "line=line", "--readout", "flux", "--report", out, code=0)
    assert not OF_VOLUMES.search(NAMES.sub("", said.stdout + said.stderr))
    for path in out.rglob("*"):
        if path.suffix in (".csv", ".md", ".svg"):
            text = NAMES.sub("", path.read_text(encoding="utf-8"))
            assert not OF_VOLUMES.search(text), path
