"""The command ``xenotrack``: its commands, and what becomes of what goes wrong."""

from __future__ import annotations

import gc
import os
import signal
import sys
from importlib import import_module
from types import FrameType, TracebackType
from typing import NoReturn

import click

from xenotrack import __version__
from xenotrack.cli.stdout import forget_stdout, let_words_be_lost, open_closed_streams
from xenotrack.errors import XenotrackError, did_you_mean
from xenotrack.present.words import printable_lines

FEW_LOOKS = 50_000  # new objects between two looks for garbage
REFUSED, MISTYPED, BUG, INTERRUPTED = 1, 2, 70, 130


# Each is a module of this folder with a command of its name, loaded when it is asked for: what all
# of them import would cost --help three times as much as click.
COMMANDS = {
    "check": "Every doubt about the sheet: cell, what was seen, what to do.",
    "tidy": "The canonical long table, from any layout.",
    "response": "What each mouse did: response, progression, fate.",
    "growth": "Growth rate and doubling time of each arm.",
    "progression": "Time to progression of each arm, by the declared rule.",
    "compare": "How arms differ: growth rates, hazards, days gained, weight.",
    "indices": "TGI, T/C, growth delay and their kin, each with its formula.",
    "synergy": "Is a combination more than its parts.",
    "tolerability": "Body weight and treatment-related loss, by arm.",
    "plot": "One figure; a png has 300 dots an inch.",
    "run": "Everything in one folder: tables, figures, doubts, the report.",
    "batch": "Many studies, each as run does it, into OUT/NAME of each.",
    "collect": "Every table of every study of a batch in one file.",
    "report": "Write OUT/report.html anew from the results in OUT.",
    "simulate": "A study whose truth is known: drawn, or like one of yours.",
    "power": "How often a study would show an effect, by mice.",
    "randomize": "Allocate the mice of a staging sheet to arms that are alike.",
    "pool": "Does it hold in other lines: contrasts of arms, pooled.",
}


class Commands(click.Group):
    """The commands in the order of an analysis."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            self.add_command(getattr(import_module(f"xenotrack.cli.{cmd_name}"), cmd_name))
        command = super().get_command(ctx, cmd_name)
        if command is None and not ctx.resilient_parsing:
            # click knows only the commands that are loaded, and would suggest none.
            ctx.fail(f"No such command {cmd_name!r}.{did_you_mean(cmd_name, COMMANDS)}")
        return command

    def loaded(self) -> dict[str, click.Command]:
        """Every command by its name."""
        context = click.Context(self)
        return {
            name: command
            for name in COMMANDS
            if (command := self.get_command(context, name)) is not None
        }

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="xenotrack")
def cli() -> None:
    """From a sheet of caliper measurements to growth rates, time to progression and comparisons.

    STUDY is a sheet (.csv .tsv .txt .xlsx), a study.toml, or - for csv on stdin.

    \b
    Start with
      xenotrack check sheet.csv
      xenotrack run sheet.csv -o results

    Results go to stdout, words to stderr. Exit codes: 0 done, 1 the data say no, 2 typed wrongly,
    70 a bug of ours, 130 interrupted.
    """


def main() -> NoReturn:
    """Run the command line, and leave with its exit code."""
    open_closed_streams()
    # Libraries and frames are no garbage: looking for it among them costs 7 % of a short command.
    gc.set_threshold(FEW_LOOKS)
    # Matrices are small: threads of linear algebra wait for each other, which costs a quarter of
    # the CPU time of a study and saves no time. Read where numpy is loaded, here and in workers.
    for library in ("OPENBLAS", "OMP"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    # The same bytes whatever the locale; a file's name need not be text in any encoding.
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    let_words_be_lost()
    # Killed politely, or by a terminal that closes: leave by way of everything that tidies up.
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, leave)
    sys.excepthook = report_bug
    sys.exit(exit_code())


def exit_code() -> int:
    """The exit code of one invocation; failures a user can mend end in one message."""
    try:
        code = cli.main(prog_name="xenotrack", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except XenotrackError as error:
        click.echo(f"Error: {printable_lines(str(error))}", err=True)
        return REFUSED
    except click.ClickException as error:
        error.show()
        return MISTYPED
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of the pipe has seen enough.
        forget_stdout()
        return 0


def leave(number: int, frame: FrameType | None) -> NoReturn:
    """Leave with the exit code by which shells know the signal."""
    sys.exit(128 + number)


def report_bug(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Show a bug's traceback and leave with its exit code, which Python's own hook cannot."""
    sys.__excepthook__(kind, error, trace)
    click.echo(
        f"This is a bug in xenotrack {__version__}, not in your data. Please report it with the "
        "lines above and, if you can, the sheet.",
        err=True,
    )
    sys.stderr.flush()
    os._exit(BUG)
