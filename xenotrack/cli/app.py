"""The command ``xenotrack``: its commands, and what becomes of what goes wrong."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType, TracebackType
from typing import NoReturn

import click

from xenotrack import __version__
from xenotrack.cli.batch import batch
from xenotrack.cli.check import check
from xenotrack.cli.collect import collect
from xenotrack.cli.compare import compare
from xenotrack.cli.growth import growth
from xenotrack.cli.indices import indices
from xenotrack.cli.plot import plot
from xenotrack.cli.pool import pool
from xenotrack.cli.power import power
from xenotrack.cli.progression import progression
from xenotrack.cli.randomize import randomize
from xenotrack.cli.report import report
from xenotrack.cli.response import response
from xenotrack.cli.run import run
from xenotrack.cli.simulate import simulate
from xenotrack.cli.stdout import forget_stdout, open_closed_streams
from xenotrack.cli.synergy import synergy
from xenotrack.cli.tidy import tidy
from xenotrack.cli.tolerability import tolerability
from xenotrack.errors import XenotrackError
from xenotrack.present.words import printable_lines

REFUSED, MISTYPED, BUG, INTERRUPTED = 1, 2, 70, 130


class InOrder(click.Group):
    """A group whose help lists the commands in the order of an analysis."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(
    cls=InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
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


for command in (
    check,
    tidy,
    response,
    growth,
    progression,
    compare,
    indices,
    synergy,
    tolerability,
    plot,
    run,
    batch,
    collect,
    report,
    simulate,
    power,
    randomize,
    pool,
):
    cli.add_command(command)


def main() -> NoReturn:
    """Run the command line, and leave with its exit code."""
    open_closed_streams()
    for name in ("stdout", "stderr"):
        # The same bytes whatever the locale; a file's name need not be text in any encoding.
        getattr(sys, name).reconfigure(encoding="utf-8", errors="backslashreplace")
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
