"""The table of report writers: one line each; third parties use the entry-point group."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import entry_points

from screening.errors import ConfigError
from screening.reports.base import ReportContext, ReportWriter

ENTRY_POINT_GROUP = "screening.reports"

_BUILT_IN = {
    "jsonl": "screening.reports.jsonl:JsonlWriter",
    "html": "screening.reports.html_page:HtmlWriter",
    "csv": "screening.reports.csv_table:CsvWriter",
    "annotated": "screening.reports.annotated:AnnotatedWriter",
}


def writer_names() -> tuple[str, ...]:
    """Names of all registered writers, built-in ones first."""
    return (*_BUILT_IN, *sorted(point.name for point in entry_points(group=ENTRY_POINT_GROUP)))


def writer_class(name: str) -> type[ReportWriter]:
    """The class registered under `name`.

    Raises:
        ConfigError: there is none; the message lists those there are.
    """
    if name in _BUILT_IN:
        module, _, attribute = _BUILT_IN[name].partition(":")
        found: type[ReportWriter] = getattr(import_module(module), attribute)
        return found
    for point in entry_points(group=ENTRY_POINT_GROUP):
        if point.name == name:
            try:
                loaded: type[ReportWriter] = point.load()
            except (ImportError, AttributeError) as error:
                raise ConfigError(
                    f"the report format {name!r} of another package cannot be loaded ({error});"
                    " repair or uninstall that package",
                    key=point.value,
                ) from error
            return loaded
    raise ConfigError(
        f"there is no report format {name!r}; there are {', '.join(writer_names())}",
        key="format",
    )


def open_writers(names: Sequence[str], context: ReportContext) -> list[ReportWriter]:
    """A writer for each name, in the order given, each once; makes `context.out_dir`.

    Raises:
        ConfigError: an unknown name, none at all, or a folder that cannot be written to.
    """
    classes = [writer_class(name) for name in dict.fromkeys(names)]
    if not classes:
        raise ConfigError(
            f"at least one report format is needed: {', '.join(writer_names())}", key="format"
        )
    try:
        context.out_dir.mkdir(parents=True, exist_ok=True)
        return [cls(context) for cls in classes]
    except OSError as error:
        raise ConfigError(
            f"reports cannot be written to this folder ({error.strerror}); choose another with"
            " --out",
            file=context.out_dir,
        ) from error
