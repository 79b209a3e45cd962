"""What a lint reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong in a file, and what to do about it; `line` counts from 1, 0 where none is to blame."""

    file: str
    line: int
    problem: str
    advice: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.problem}: {self.advice}"


def report(findings: list[Finding]) -> str:
    """One line a finding, by file and line; empty where there is none."""
    return "\n".join(map(str, sorted(findings, key=lambda finding: (finding.file, finding.line))))
