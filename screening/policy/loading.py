"""Finds and reads the rule packs of a run, and checks what only all of them together show."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from screening.documents import KeyPath, load_yaml, mistake_at
from screening.errors import ConfigError
from screening.policy.labels import DERIVED_LABELS, RESERVED_LABELS
from screening.policy.overlay import overlaid
from screening.policy.packfile import PackForm, build_pack
from screening.policy.quotes import is_quoted
from screening.policy.rulepack import BUILT_IN_PROFILES, RulePack
from screening.records import Clause
from screening.resources import package_file

TESTS_SUFFIX = ".tests.yaml"
"""Rule tests of `own.yaml` stand beside it in `own.tests.yaml`."""

_PACK_SUFFIXES = (".yaml", ".yml")


def shipped_packs() -> tuple[str, ...]:
    """Names of the packs that come with the package, in alphabetical order."""
    paths = package_file("policy/packs").glob("*.yaml")
    return tuple(sorted(path.stem for path in paths if not path.name.endswith(TESTS_SUFFIX)))


def load_packs(
    policies: Sequence[str],
    *,
    profile: str,
    known_labels: Callable[[], frozenset[str]],
    documents: Path | None = None,
    on: datetime.date | None = None,
) -> tuple[RulePack, ...]:
    """The packs to judge by, in the order of `policies`.

    Args:
        policies: names of shipped packs, or paths that end in .yaml; none means all shipped.
        profile: the profile of the run, built-in or declared by one of the packs.
        known_labels: gives every label that a detector reports. It is asked for own packs
            only: loading all detectors takes half a second, and the shipped packs are tested.
        documents: folder with the texts of the documents; where given, every quote must be
            found in them.
        on: the day to judge by: rules that are not in force then are left out. None keeps all.

    Raises:
        ConfigError: with file, line and key of a mistake in a pack; an unknown pack or
            profile; two packs that claim one name or one rule id; a pack not in force.
    """
    paths = [pack_path(policy) for policy in policies or shipped_packs()]
    own = {Path(policy) for policy in policies if policy.endswith(_PACK_SUFFIXES)}
    labels = known_labels() | RESERVED_LABELS.keys() | DERIVED_LABELS.keys() if own else None
    loaded = [_read(path, labels if path in own else None, on) for path in paths]
    _check_unique(loaded)
    # A profile that one pack declares is judged by all.
    profiles = {name: like for one in loaded for name, like in one.whole.profiles.items()}
    _check_profile(profile, profiles)
    if documents is not None:
        for one in loaded:
            _check_document(one, documents)
    return tuple(replace(one.pack(on), profiles=profiles) for one in loaded)


def pack_path(policy: str) -> Path:
    """Where a pack lies that `--policy` names.

    Raises:
        ConfigError: there is no shipped pack of that name.
    """
    if policy.endswith(_PACK_SUFFIXES):
        return Path(policy)
    if policy not in shipped_packs():
        raise ConfigError(
            f"there is no rule pack {policy!r}; there are {', '.join(shipped_packs())}."
            " A pack of your own is given by the path of its .yaml file",
            key="policies",
        )
    return package_file(f"policy/packs/{policy}.yaml")


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A pack with what it was read from.

    Attributes:
        path: its file.
        form: the file as written.
        whole: the same with all that it extends.
        clauses: of its document and of those of the packs that it extends.
        sha256: over its file and those of the packs that it extends.
    """

    path: Path
    form: PackForm
    whole: PackForm
    clauses: Mapping[str, Clause]
    sha256: str

    def pack(self, on: datetime.date | None) -> RulePack:
        """The types; rules that are not in force on that day are left out."""
        rules = tuple(rule for rule in self.whole.rules if on is None or rule.in_force.covers(on))
        whole = self.whole.model_copy(update={"rules": rules})
        own = {rule.id for rule in self.form.rules} | {one.rule for one in self.form.changes}
        return replace(
            build_pack(whole, self.clauses, self.sha256),
            path=self.path,
            own_rules=frozenset(own & {rule.id for rule in rules}),
        )


def _read(
    path: Path,
    known_labels: frozenset[str] | None,
    on: datetime.date | None,
    extending: tuple[Path, ...] = (),
) -> _Loaded:
    form = load_yaml(path, PackForm)
    base = None
    if form.extends is not None:
        base_path = _base_path(path, form.extends)
        seen = (*extending, path.resolve())
        if base_path.resolve() in seen:
            raise mistake_at(path, ("extends",), "this pack extends itself")
        is_own = form.extends.endswith(_PACK_SUFFIXES)
        base = _read(base_path, known_labels if is_own else None, on, seen)
    for location, message in form.mistakes(known_labels, base.whole if base else None):
        raise mistake_at(path, location, message)
    if on is not None and not form.in_force.covers(on):
        raise mistake_at(path, ("in_force",), f"this pack is not in force on {on.isoformat()}")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    own_clauses = form.own_clauses()
    if base is None:
        return _Loaded(path, form, form, own_clauses, digest)
    digest = hashlib.sha256(f"{base.sha256}{digest}".encode()).hexdigest()
    clauses = {**base.clauses, **own_clauses}
    return _Loaded(path, form, overlaid(base.whole, form), clauses, digest)


def _base_path(path: Path, extends: str) -> Path:
    if extends.endswith(_PACK_SUFFIXES):
        return path.parent / extends
    if extends not in shipped_packs():
        known = ", ".join(shipped_packs())
        raise mistake_at(path, ("extends",), f"there is no pack {extends!r}; there are {known}")
    return pack_path(extends)


def _check_unique(loaded: Sequence[_Loaded]) -> None:
    owners: dict[str, Path] = {}
    for one in loaded:
        claims: list[tuple[KeyPath, str]] = [(("name",), one.form.name)]
        own = [rule.id for rule in one.form.rules]
        claims += [
            (("rules", own.index(rule.id), "id") if rule.id in own else ("extends",), rule.id)
            for rule in one.whole.rules
        ]
        for location, name in claims:
            if name in owners:
                raise mistake_at(one.path, location, f"{name!r} is already taken by {owners[name]}")
            owners[name] = one.path


def _check_profile(profile: str, profiles: Iterable[str]) -> None:
    known = dict.fromkeys((*BUILT_IN_PROFILES, *profiles))
    if profile not in known:
        raise ConfigError(
            f"there is no profile {profile!r}; there are {', '.join(known)}", key="profile"
        )


def _check_document(one: _Loaded, documents: Path) -> None:
    if one.form.document is None:
        return
    name = one.form.document.file
    try:
        text = (documents / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise mistake_at(
            one.path, ("document", "file"), f"this document cannot be read in {documents}"
        ) from error
    for position, clause in enumerate(one.form.clauses):
        if not is_quoted(clause.quote, text):
            raise mistake_at(
                one.path,
                ("clauses", position, "quote"),
                f"this quote of clause {clause.id} is not in {name}",
            )
