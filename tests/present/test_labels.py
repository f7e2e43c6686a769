"""Short names of arms."""

from __future__ import annotations

import pytest

from xenotrack.present.labels import about_names, arm_labels, short_names
from xenotrack.present.tell.whole import key_of
from xenotrack.study.design import Arm, Design, drugs_in_name
from xenotrack.study.rules import ArmRule, Rules

FACTORIAL = (
    "vehicle",
    "fulvestrant",
    "ribociclib+fulvestrant",
    "alpelisib",
    "alpelisib+ribociclib+fulvestrant",
)


def design_of(*names: str) -> Design:
    return Design("toy", tuple(Arm(name, drugs_in_name(name)) for name in names))


def test_arms_are_called_by_the_initials_of_their_drugs_in_their_own_order() -> None:
    short = short_names(design_of(*FACTORIAL))
    assert list(short.values()) == ["vehicle", "F", "R+F", "A", "A+R+F"]


def test_a_name_that_does_not_fit_is_short_and_explained() -> None:
    design = design_of(*FACTORIAL)
    labels = arm_labels(design, 24)
    assert list(labels.values()) == [*FACTORIAL[:-1], "A+R+F"]
    told = about_names(design, labels).replace("\N{NO-BREAK SPACE}", " ")
    assert told == "A = alpelisib, F = fulvestrant, R = ribociclib."
    assert about_names(design, arm_labels(design, 40)) == ""


def test_initials_that_nobody_would_look_up_are_not_used() -> None:
    names = [f"compound {k} 10 mg/kg once a day" for k in range(100, 119)]
    labels = arm_labels(design_of("vehicle", *names), 20)
    assert labels[names[0]].replace("\n", " ") == names[0]
    assert about_names(design_of("vehicle", *names), labels) == ""


def test_a_name_that_fits_on_two_lines_is_not_called_by_a_number() -> None:
    names = [f"compound-{dose}-mg-a-day" for dose in (10, 30)]
    design = design_of("vehicle", *names, "+".join(names))
    labels = list(arm_labels(design, 12).values())
    assert labels[1:3] == ["compound-10-\nmg-a-day", "compound-30-\nmg-a-day"]
    assert labels[3] == "C1+C2"


def test_doses_of_a_drug_are_called_by_the_words_that_differ() -> None:
    names = [f"compound {dose} mg/kg" for dose in (12.5, 50)]
    design = design_of("vehicle", *names, "+".join(names))
    assert list(short_names(design).values())[1:] == ["C 12.5", "C 50", "C 12.5+C 50"]


def test_drugs_with_one_initial_need_more_letters() -> None:
    short = short_names(design_of("vehicle", "alpelisib", "abemaciclib+alpelisib"))
    assert list(short.values()) == ["vehicle", "Al", "Ab+Al"]


def test_drugs_are_called_as_they_are_declared() -> None:
    drugs = ("ribociclib", "fulvestrant")
    arms = (Arm("vehicle", frozenset()), Arm("CDK4/6i and ET", frozenset(drugs)))
    design = Design("toy", arms, Rules(arms={"CDK4/6i and ET": ArmRule(drugs=drugs)}))
    assert short_names(design)["CDK4/6i and ET"] == "R+F"


def test_a_declared_label_is_what_figures_call_an_arm_also_where_its_name_fits() -> None:
    arms = (Arm("vehicle", frozenset()), Arm("alpelisib", frozenset(["alpelisib"]), "PI3Ki"))
    assert arm_labels(Design("toy", arms), 40) == {"vehicle": "vehicle", "alpelisib": "PI3Ki"}


def test_a_label_goes_before_all() -> None:
    arms = (Arm("vehicle", frozenset(), "V"), Arm("alpelisib", frozenset({"alpelisib"}), "PI3K"))
    design = Design("toy", arms)
    assert list(short_names(design).values()) == ["V", "PI3K"]
    assert about_names(design, arm_labels(design, 3)) == ""


@pytest.mark.parametrize("names", [("A", "B", "A+B"), ("Ctl", "low", "high")])
def test_short_names_stay(names) -> None:
    assert tuple(short_names(design_of(*names)).values()) == names


def test_arms_of_the_same_drugs_keep_their_names() -> None:
    drugs = frozenset({"alpelisib"})
    names = ("alpelisib 10 mg/kg", "alpelisib 30 mg/kg")
    short = short_names(Design("toy", tuple(Arm(name, drugs) for name in names)))
    assert list(short.values()) == ["alpelisib 10 mg…", "alpelisib 30 mg…"]


def test_a_long_vehicle_is_its_first_word() -> None:
    long = "Vehicle (0.5% methylcellulose + 0.2% Tween-80, 10 mL/kg PO QD)"
    design = Design("toy", (Arm(long, frozenset()), Arm("alpelisib", frozenset({"alpelisib"}))))
    assert short_names(design)[long] == "Vehicle"


def test_no_two_arms_have_one_short_name() -> None:
    names = [f"compound {k} {dose} mg/kg QD" for k in (100, 101, 11) for dose in (1, 10, 30)]
    short = short_names(design_of("vehicle", *names))
    assert len(set(short.values())) == len(names) + 1


def test_a_short_name_is_on_one_line() -> None:
    design = design_of("vehicle", "alp\nelisib\x07x")
    assert not any("\n" in name or "\x07" in name for name in short_names(design).values())


def test_initials_of_nine_short_names_are_used_since_their_key_is_short() -> None:
    drugs = [f"{letter}-compound" for letter in "abcdefghi"]
    pairs = [f"{drugs[0]}+{other}" for other in drugs[1:]]
    labels = arm_labels(design_of("vehicle", *drugs, *pairs), 12)
    assert labels[pairs[0]] == "A+B"


def test_the_key_of_a_page_is_left_out_where_it_would_be_longer_than_the_answer() -> None:
    few, many = (
        Design.of_names("toy", ["vehicle", *(f"compound {k:02d}" for k in range(n))])
        for n in (3, 19)
    )
    assert key_of(few).count("=") == 3
    assert key_of(many) == ""


def test_arms_of_as_many_drugs_are_all_called_in_full_or_all_in_short() -> None:
    doses = ("vehicle", "ribociclib 50 mg/kg", "ribociclib 100 mg/kg", "ribociclib 25 mg/kg")
    design = design_of(*doses)
    assert list(arm_labels(design, 20).values()) == list(doses)
    assert list(arm_labels(design, 19).values()) == ["vehicle", "R 50", "R 100", "R 25"]
    told = about_names(design, arm_labels(design, 19)).replace("\N{NO-BREAK SPACE}", " ")
    assert [part.split(" = ")[0] for part in told.split(", ")] == ["R 25", "R 50", "R 100"]
    assert list(arm_labels(design_of(*FACTORIAL), 12).values())[1:4] == [
        "fulvestrant",
        "R+F",
        "alpelisib",
    ]
