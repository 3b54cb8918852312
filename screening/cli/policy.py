"""`screening policy`: list, show, check, explain, test and diff rule packs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from screening.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screening.policy import Case, RulePack

app = typer.Typer(
    help="List, show, check, explain, test and compare rule packs.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Pack = Annotated[str, typer.Argument(metavar="NAME|FILE", help="A shipped pack, or a .yaml file.")]
Packs = Annotated[
    list[str] | None,
    typer.Argument(metavar="NAME|FILE", help="Packs to look at. Default: all that are shipped."),
]


@app.command("list", epilog="\b\nExamples:\n  screening policy list")
def list_packs() -> None:
    """List the policies that are shipped, with their rules."""
    for pack in _load(None):
        print(f"{pack.name} {pack.version}: {pack.document}")
        _table(
            (rule.id, rule.category.value, "; ".join(clause.section for clause in rule.clauses))
            for rule in pack.rules
        )


@app.command(epilog="\b\nExamples:\n  screening policy show edmo-2016")
def show(pack: Pack) -> None:
    """Show the clauses of one pack, each with the rules that rest on it or why there is none."""
    [loaded] = _load([pack])
    print(f"{loaded.name} {loaded.version}: {loaded.title}")
    print(f"{loaded.document}{f', {loaded.document_date}' if loaded.document_date else ''}")
    for clause in loaded.clauses:
        print(f"\n{clause.section} ({clause.id}): “{clause.quote}”")
        if clause.id in loaded.unscreened:
            print(f"  not screened: {loaded.unscreened[clause.id]}")
        for rule in loaded.rules:
            if clause in rule.clauses:
                decisions = ", ".join(f"{who} {what}" for who, what in rule.decisions.items())
                print(f"  {rule.id}: {', '.join(rule.labels)} ({decisions})")


@app.command(epilog="\b\nExamples:\n  screening policy check our_policy.yaml --documents policies")
def check(
    packs: Packs = None,
    documents: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Also find every quote in the documents of this folder."),
    ] = None,
) -> None:
    """Check packs completely: form, labels, clauses and, on request, quotes."""
    for pack in _load(packs, documents):
        print(f"{pack.name} {pack.version}: {len(pack.rules)} rules, {len(pack.clauses)} clauses")


@app.command(epilog="\b\nExamples:\n  screening policy explain EDMO-2C2-INSIGNIA")
def explain(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="The id of a rule.")],
    packs: Packs = None,
) -> None:
    """Say what a rule does, why it matters, give an example and how to clear it."""
    from screening.policy.explaining import explained  # noqa: PLC0415

    loaded = _load(packs)
    for pack in loaded:
        for one in pack.rules:
            if one.id == rule.upper():
                print(explained(pack, one, _cases(pack)))
                return
    from difflib import get_close_matches  # noqa: PLC0415

    ids = [one.id for pack in loaded for one in pack.rules]
    close = get_close_matches(rule.upper(), ids)
    hint = f"; did you mean {' or '.join(close)}?" if close else "; see: screening policy list"
    raise ConfigError(f"there is no rule {rule!r}{hint}")


@app.command(
    "test", epilog="\b\nExamples:\n  screening policy test\n  screening policy test ours.yaml"
)
def run_tests(packs: Packs = None) -> None:
    """Run the rule tests beside the packs, and find parts of rules that no test holds.

    The tests of own.yaml stand beside it in own.tests.yaml. The exit code is 1 when a test
    fails, a rule has no test, or a part of a rule can be taken out without any test failing.
    """
    from screening.policy import unheld_parts  # noqa: PLC0415
    from screening.policy.ruletests import untested_rules  # noqa: PLC0415

    faults = 0
    for pack in _load(packs):
        cases = _cases(pack, must=True)
        failed = [f"{case}, but it is {said}" for case in cases if (said := case.complaint(pack))]
        untested = [f"{rule}: has no test" for rule in untested_rules(pack, cases)]
        unheld = [f"{part}: no test fails" for part in unheld_parts(pack, cases)] * (not failed)
        for line in (*failed, *untested, *unheld):
            print(line)
        faults += len(failed) + len(untested) + len(unheld)
        print(f"{pack.name}: {len(cases) - len(failed)} of {len(cases)} tests passed")
    raise typer.Exit(ExitCode.FOUND if faults else ExitCode.CLEAR)


@app.command(epilog="\b\nExamples:\n  screening policy diff edmo-2016 our_policy.yaml")
def diff(old: Pack, new: Pack) -> None:
    """Show how two packs, or two versions of one, differ; exit code 1 if they do."""
    from screening.policy.comparing import differences  # noqa: PLC0415

    [[before], [after]] = [_load([name]) for name in (old, new)]
    lines = differences(before, after)
    print("\n".join(lines) if lines else "They judge alike and cite the same clauses.")
    raise typer.Exit(ExitCode.FOUND if lines else ExitCode.CLEAR)


def _load(names: list[str] | None, documents: Path | None = None) -> tuple[RulePack, ...]:
    from screening.detectors.registry import known_labels  # noqa: PLC0415 - keeps --help quick
    from screening.policy import load_packs  # noqa: PLC0415

    return load_packs(
        names or (), profile="employee", known_labels=known_labels, documents=documents
    )


def _cases(pack: RulePack, *, must: bool = False) -> list[Case]:
    """The rule tests beside a pack; none where there are none, unless `must`."""
    from screening.policy import load_cases, ruletests_path  # noqa: PLC0415

    path = ruletests_path(pack.path)
    if path.exists():
        return load_cases(path, pack)
    if must:
        raise ConfigError("there are no rule tests; write them into this file", file=path)
    return []


def _table(rows: Iterable[tuple[str, ...]]) -> None:
    lines = list(rows)
    widths = [max(len(row[column]) for row in lines) for column in range(len(lines[0]))]
    for row in lines:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  " + "  ".join(cells).rstrip())
