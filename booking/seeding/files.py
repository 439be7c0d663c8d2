"""The files of `seed/` as they are written: rows, tables, documents; meaning comes later."""

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

Row = Mapping[str, str]
Table = Mapping[str, object]


@dataclass(frozen=True)
class SeedFiles:
    """One directory of seed data."""

    directory: Path

    def rows(self, name: str) -> list[Row]:
        """The lines of a CSV file, each under its headings."""
        with (self.directory / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, strict=True))

    def table(self, name: str) -> Table:
        return tomllib.loads((self.directory / name).read_text("utf-8"))

    @cached_property
    def districts(self) -> list[Row]:
        return self.rows("districts.csv")

    @cached_property
    def organisations(self) -> list[Row]:
        return self.rows("organisations.csv")

    @cached_property
    def qualifications(self) -> list[Row]:
        return self.rows("qualifications.csv")

    @cached_property
    def labs(self) -> list[Row]:
        return self.rows("labs.csv")

    @cached_property
    def people(self) -> list[Row]:
        return self.rows("people.csv")

    @cached_property
    def instruments(self) -> list[Row]:
        return self.rows("instruments.csv")

    @cached_property
    def opening_hours(self) -> dict[str, list[Row]]:
        """Weekly windows by the name of their pattern."""
        patterns: dict[str, list[Row]] = {}
        for row in self.rows("opening_hours.csv"):
            patterns.setdefault(row["pattern"], []).append(row)
        return patterns

    @cached_property
    def policies(self) -> dict[str, Table]:
        return dict(tables(self.table("policies.toml")))

    @cached_property
    def tariffs(self) -> dict[str, list[Table]]:
        """The dated versions of every price list, oldest first."""
        return {
            key: sorted(versions, key=lambda version: str(version["valid_from"]))
            for key, versions in self.table("tariffs.toml").items()
            if isinstance(versions, list)
        }

    @cached_property
    def calendars(self) -> dict[int, list[Row]]:
        """The days that a year's notice moved, by year."""
        years = sorted(self.directory.glob("calendar/*.csv"))
        return {int(file.stem): self.rows(f"calendar/{file.name}") for file in years}

    @cached_property
    def lpr(self) -> list[Row]:
        return self.rows("lpr.csv")

    @cached_property
    def history(self) -> Table:
        return self.table("history.toml")

    @cached_property
    def joint_caps(self) -> Table:
        return self.table("programmes/joint_caps.toml")

    def programmes(self) -> Iterator[object]:
        """Each programme as its YAML says it, in the order of the file names."""
        for file in sorted(self.directory.glob("programmes/*.yaml")):
            yield yaml.safe_load(file.read_text("utf-8"))


def tables(document: Table) -> Iterator[tuple[str, Table]]:
    """The tables of a document by their key; loose values beside them are left out."""
    for key, value in document.items():
        if isinstance(value, dict):
            yield key, value
