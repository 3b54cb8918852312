"""The table of report writers: one line each; third parties use the entry-point group."""

from __future__ import annotations

from collections.abc import Sequence

from screening.errors import ConfigError
from screening.plugins import PluginTable
from screening.reports.base import ReportContext, ReportWriter

WRITERS = PluginTable(
    what="report format",
    key="format",
    group="screening.reports",
    built_in={
        "jsonl": "screening.reports.jsonl:JsonlWriter",
        "html": "screening.reports.html_page:HtmlWriter",
        "csv": "screening.reports.csv_table:CsvWriter",
        "annotated": "screening.reports.annotated:AnnotatedWriter",
        "notice": "screening.reports.notice:NoticeWriter",
    },
)


def writer_names() -> tuple[str, ...]:
    """Names of all registered writers, built-in ones first."""
    return WRITERS.names()


def writer_class(name: str) -> type[ReportWriter]:
    """The class registered under `name`.

    Raises:
        ConfigError: there is none; the message lists those there are.
    """
    found: type[ReportWriter] = WRITERS.load(name)
    return found


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
