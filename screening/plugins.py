"""Tables of classes by name: built-in ones, and those other packages add by entry point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from screening.errors import ConfigError


@dataclass(frozen=True, slots=True)
class PluginTable:
    """One kind of thing that can be added.

    Attributes:
        what: what an entry is called in messages, such as `detector`.
        key: the setting that names entries.
        group: entry-point group that other packages use; none for a table that is closed.
        built_in: `module:Class` by name; modules are imported when they are asked for.
    """

    what: str
    key: str
    built_in: Mapping[str, str]
    group: str | None = None

    def names(self) -> tuple[str, ...]:
        """All names, built-in ones first."""
        added = entry_points(group=self.group) if self.group else ()
        return (*self.built_in, *sorted(point.name for point in added))

    def load(self, name: str) -> Any:
        """The class registered under `name`.

        Raises:
            ConfigError: there is none (the message lists those there are), or the package that
                registered it is broken.
        """
        if name in self.built_in:
            module, _, attribute = self.built_in[name].partition(":")
            return getattr(import_module(module), attribute)
        for point in entry_points(group=self.group) if self.group else ():
            if point.name == name:
                try:
                    return point.load()
                except (ImportError, AttributeError) as error:
                    raise ConfigError(
                        f"the {self.what} {name!r} of another package cannot be loaded ({error});"
                        " repair or uninstall that package",
                        key=point.value,
                    ) from error
        raise ConfigError(
            f"there is no {self.what} {name!r}; there are {', '.join(self.names())}", key=self.key
        )
