"""Files come from a staging folder into a folder of results, each move remembered."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from xenotrack.errors import MachineError
from xenotrack.present.manifest import MANIFEST, digest
from xenotrack.present.safe_files import input_among
from xenotrack.present.staging import Staging


class HalfDoneError(MachineError):
    """Neither the new files nor the old ones could be moved to where they belong."""


@dataclass
class Exchange:
    """The moves that a journal asks for, each remembered, to take them back."""

    staging: Staging
    out: Path
    kept: list[tuple[str, str]] = field(default_factory=list)
    # From where to where; a folder that was made came from nowhere.
    moves: list[tuple[Path | None, Path]] = field(default_factory=list)

    def carry_out(self, inputs: Sequence[os.stat_result]) -> list[tuple[str, str]]:
        """Put and drop what the journal names, manifests last; all or nothing."""
        journal = self.staging.journal
        assert journal is not None, "begin before you exchange"
        names = sorted(journal.put, key=lambda name: (is_manifest(name), name))
        touched = [self.out / name for name in (*names, *journal.drop)]
        if (read := input_among(inputs, touched)) is not None:
            raise MachineError(about_input(read))
        try:
            for name in names:
                if not is_manifest(name):
                    self._put(name, journal.before)
            for name in journal.drop:
                self._drop(name, journal.before)
            for name in filter(is_manifest, names):
                self._put(name, journal.before)
        except BaseException as error:
            self._take_back(error)
            raise
        self._sweep(journal.drop)
        return self.kept

    def _put(self, name: str, before: dict[str, str]) -> None:
        source, target = self.staging.new / name, self.out / name
        if not source.is_file():
            return  # it was put before a kill
        for folder in reversed([*PurePosixPath(name).parents][:-1]):
            self._make_folder(str(folder))
        if os.path.lexists(target):
            if _is_unchanged(target, before.get(name)):
                self._back_up(target, self.staging.old / name)
            else:
                self._keep(name)
        self._move(source, target)

    def _drop(self, name: str, before: dict[str, str]) -> None:
        target = self.out / name
        if not os.path.lexists(target) or not self._is_within(target):
            return
        if _is_unchanged(target, before.get(name)):
            (self.staging.old / name).parent.mkdir(parents=True, exist_ok=True)
            self._move(target, self.staging.old / name)
        else:
            self._keep(name)

    def _is_within(self, target: Path) -> bool:
        """Whether no folder above is a link, by which the file would be anywhere."""
        return target.parent.resolve() == self.out / target.parent.relative_to(self.out)

    def _make_folder(self, name: str) -> None:
        folder = self.out / name
        if os.path.lexists(folder) and (folder.is_symlink() or not folder.is_dir()):
            self._keep(name)
        if not folder.is_dir():
            self.moves.append((None, folder))
            folder.mkdir()

    def _keep(self, name: str) -> None:
        """Rename what is in the way; nothing kept earlier gives way to it."""
        path = self.out / name
        kept, number = path.with_name(f"{path.name}.kept"), 1
        while os.path.lexists(kept):
            number += 1
            kept = path.with_name(f"{path.name}.kept.{number}")
        self._move(path, kept)
        self.kept.append((name, kept.relative_to(self.out).as_posix()))

    def _back_up(self, target: Path, old: Path) -> None:
        """Give the old file a second name, so that its own is never without a file."""
        old.parent.mkdir(parents=True, exist_ok=True)
        self.moves.append((target, old))
        try:
            os.link(target, old)
        except FileExistsError:
            pass  # from before a kill
        except OSError:  # a file system without links
            draft = old.with_name(f"{old.name}.draft")
            shutil.copy2(target, draft)
            os.replace(draft, old)

    def _move(self, source: Path, target: Path) -> None:
        # Remembered first: an interrupt may come at any time, and a move that was not made is
        # nothing to take back.
        self.moves.append((source, target))
        os.replace(source, target)

    def _take_back(self, error: BaseException) -> None:
        try:
            for source, target in reversed(self.moves):
                with contextlib.suppress(FileNotFoundError):
                    if source is None:
                        target.rmdir()
                    else:
                        os.replace(target, source)
        except BaseException as again:
            raise HalfDoneError(
                f"Cannot write {self.out}: {error}; nor take it back: {again}. What is missing "
                f"there lies in {self.staging.path}: the next run with the same -o moves it."
            ) from error

    def _sweep(self, dropped: Sequence[str]) -> None:
        """Remove the folders that lost their last file."""
        parents = {parent for name in dropped for parent in [*PurePosixPath(name).parents][:-1]}
        for folder in sorted(parents, key=str, reverse=True):
            with contextlib.suppress(OSError):
                (self.out / folder).rmdir()


def _is_unchanged(path: Path, expected: str | None) -> bool:
    """Whether a file is still as we wrote it."""
    if expected is None or path.is_symlink() or not path.is_file():
        return False
    return digest(path.read_bytes()) == expected


def is_manifest(name: str) -> bool:
    return PurePosixPath(name).name == MANIFEST


def about_input(path: Path) -> str:
    return f"{path} is what was read; name another folder with -o."
