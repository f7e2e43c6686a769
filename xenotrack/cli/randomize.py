"""``xenotrack randomize``: which mouse receives what, and the sheets to go on with."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import click

from xenotrack.cli.options import StudyCommand, Words, reads_study, writes_folder
from xenotrack.cli.request import Request
from xenotrack.cli.stdout import put

if TYPE_CHECKING:
    from xenotrack.plan.allocation import Allocated, Cages, Method, Scheme
    from xenotrack.present.randomised import Randomised
    from xenotrack.study.rules import Rules
    from xenotrack.study.study import Study

MOST_VISITS = 500


@click.command(cls=StudyCommand)
@reads_study(metavar="MICE...")
@click.option(
    "--arms",
    "names",
    metavar="A,B,…",
    help="The arms, with commas between; drugs of one arm with +. [those of the study.toml]",
)
@click.option("--ratio", metavar="1,1,…", help="Mice of each arm to one another [equal].")
@click.option("--seed", type=click.IntRange(min=0), required=True, help="Seed of chance.")
@click.option(
    "--method",
    type=Words(("matching", "block", "minimisation")),
    default="matching",
    help="Sets of the most alike, blocks of neighbours in volume, or minimisation [matching].",
)
@click.option(
    "--cages",
    type=Words(("split", "whole", "ignore")),
    default="split",
    help="Arms mixed within each cage, whole cages to one arm, or cages not regarded [split].",
)
@click.option(
    "--volumes",
    type=float,
    nargs=2,
    metavar="FROM TO",
    help="Smallest and largest volume in mm³ at staging [any].",
)
@click.option(
    "--per-arm",
    type=click.IntRange(min=1),
    help="Mice of each arm (of the smallest, under --ratio); more are spare [all mice].",
)
@click.option(
    "--visits",
    metavar="DAYS",
    help="Days of the measuring sheet, as 0,3,7 [Mondays and Thursdays of four weeks].",
)
@writes_folder("The folder for key, codes, sheets and page; - writes none, only the balance.")
def randomize(
    request: Request,
    *,
    names: str | None,
    ratio: str | None,
    seed: int,
    method: Method,
    cages: Cages,
    volumes: tuple[float, float] | None,
    per_arm: int | None,
    visits: str | None,
) -> None:
    """Allocate the mice of a staging sheet to arms that are alike in volume and weight.

    MICE lists a mouse a row with its volume or diameters, and if known its weight, cage and block;
    or it is a study.toml that names this sheet and the arms. The folder holds the sealed key, a
    blinded list, a measuring sheet, a study.toml that reads both, and a page for the committee.

    \b
    Examples
      xenotrack randomize sample_data/staging.tsv --arms vehicle,A,B,A+B --seed 7 -o allocated
      xenotrack randomize sample_data/staging.tsv --arms vehicle,A --cages whole --seed 7 -o -
    """
    from xenotrack.plan.allocation import allocate
    from xenotrack.plan.staged import stage
    from xenotrack.present.tables import to_text

    rules = request.rules()
    scheme = _scheme(rules, names, ratio, seed, method, cages)
    days = _days(visits)
    study = _staged_study(request, rules)
    wanted = None if per_arm is None else per_arm * sum(scheme.lowest_ratio)
    staged = stage(study, volumes, wanted)
    made = _randomised(study, rules, days, allocate(staged, scheme))
    for row in staged.excluded.itertuples():
        request.say(f"Excluded: mouse {row.mouse} {row.reason}.")
    for text in made.randomisation()[1:]:
        request.say(text)
    _write(request, made)
    put(to_text(made.allocated.balance))


def _scheme(
    rules: Rules, names: str | None, ratio: str | None, seed: int, method: Method, cages: Cages
) -> Scheme:
    from xenotrack.plan.allocation import Scheme

    arms = tuple(rules.arms) if names is None else tuple(map(str.strip, names.split(",")))
    if len(arms) < 2 or "" in arms:
        raise click.UsageError(
            "--arms takes two or more names with commas between, as vehicle,alpelisib; or name a "
            "study.toml with [arms]."
        )
    if len(set(arms)) < len(arms):
        twice = next(arm for arm in arms if arms.count(arm) > 1)
        raise click.UsageError(f"--arms names {twice!r} twice.")
    words = ["1"] * len(arms) if ratio is None else [word.strip() for word in ratio.split(",")]
    if len(words) != len(arms) or not all(
        w.isascii() and w.isdigit() and 0 < int(w) <= 20 for w in words
    ):
        raise click.UsageError(
            f"--ratio takes a whole number from 1 to 20 for each of {len(arms)} arms, as "
            f"{','.join(['2', *['1'] * (len(arms) - 1)])}."
        )
    return Scheme(arms, tuple(map(int, words)), method, cages, seed)


def _days(visits: str | None) -> tuple[float, ...]:
    from xenotrack.plan.truth import FOUR_WEEKS

    if visits is None:
        return tuple(map(float, FOUR_WEEKS))
    try:
        days = tuple(float(word) for word in visits.split(","))
    except ValueError:
        days = ()
    increasing = all(later > earlier for earlier, later in pairwise(days))
    if not 0 < len(days) <= MOST_VISITS or not increasing:
        raise click.UsageError("--visits takes days that increase, with commas between, as 0,3,7.")
    return days


def _staged_study(request: Request, rules: Rules) -> Study:
    """The mice as a study of one arm, whatever arms they will have."""
    import msgspec

    from xenotrack.errors import InputError
    from xenotrack.plan.staged import ALL_MICE
    from xenotrack.study.ingest import only_study
    from xenotrack.study.rules import ArmRule, CompareRules

    study = msgspec.structs.replace(rules.study, control=None, allocation=None)
    plain = msgspec.structs.replace(
        rules, study=study, arms={ALL_MICE: ArmRule(drugs=())}, colours={}, compare=CompareRules()
    )
    read = only_study(request.studies(rules=plain, staged=True))
    named = [arm for arm in read.design.arm_names if arm != ALL_MICE]
    if named:
        raise InputError(
            f"The sheet says which arm its mice are in ({', '.join(named[:3])}). They are to be "
            "drawn: take the column out, as --column ignore=NAME."
        )
    request.refuse_findings(read)
    return read


def _randomised(
    study: Study, rules: Rules, days: tuple[float, ...], allocated: Allocated
) -> Randomised:
    from xenotrack.present.randomised import Randomised
    from xenotrack.study.design import drugs_in_name

    arms = allocated.scheme.arms
    drugs = {
        arm: rules.arms[arm].drugs if arm in rules.arms else sorted(drugs_in_name(arm))
        for arm in arms
    }
    return Randomised(allocated, drugs, rules, days, study.design.name, study.sources)


def _write(request: Request, made: Randomised) -> None:
    """Write the folder; an allocation that is sealed there is not drawn anew."""
    from xenotrack.errors import InputError
    from xenotrack.present.manifest import MANIFEST, complete
    from xenotrack.present.safe_files import stats_of
    from xenotrack.present.safe_folder import replaced_folder
    from xenotrack.study.contents import input_paths

    out, files = request.output, made.files()
    if out is None:
        return
    sealed = out / "allocation.csv"
    if sealed.is_file() and sealed.read_bytes() != files["allocation.csv"]:
        raise InputError(
            f"{sealed} holds another allocation, and a sealed one is not drawn anew. "
            "Choose another folder with -o."
        )
    source = b"" if request.source == "-" else request.paths
    inputs = stats_of(input_paths(source, made.rules))
    with replaced_folder(out, inputs, request.say) as fresh:
        for name, data in files.items():
            (fresh / name).write_bytes(data)
        (fresh / MANIFEST).write_bytes(complete(made.manifest(), fresh))
    request.say(f"Wrote {out}/: README.txt there says what is what.")
