"""Finds and reads the rule packs of a run, and checks what only all of them together show."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from screening.documents import KeyPath, load_yaml, mistake_at
from screening.errors import ConfigError
from screening.policy.packfile import PackForm
from screening.policy.quotes import check_quotes
from screening.policy.rulepack import BUILT_IN_PROFILES, RulePack
from screening.resources import package_file

_PACK_SUFFIXES = (".yaml", ".yml")


def shipped_packs() -> tuple[str, ...]:
    """Names of the packs that come with the package, in alphabetical order."""
    return tuple(sorted(path.stem for path in package_file("policy/packs").glob("*.yaml")))


def load_packs(
    policies: Sequence[str],
    *,
    profile: str,
    known_labels: Callable[[], frozenset[str]],
    documents: Path | None = None,
) -> tuple[RulePack, ...]:
    """The packs to judge by, in the order of `policies`.

    Args:
        policies: names of shipped packs, or paths that end in .yaml; none means all shipped.
        profile: the profile of the run, built-in or declared by one of the packs.
        known_labels: gives every label that a detector reports. It is asked for own packs
            only: loading all detectors takes half a second, and the shipped packs are tested.
        documents: folder with the texts of the documents; where given, every quote must be
            found in them.

    Raises:
        ConfigError: with file, line and key of a mistake in a pack; an unknown pack or
            profile; two packs that claim one name or one rule id.
    """
    paths = [_path_of(policy) for policy in policies or shipped_packs()]
    own = {Path(policy) for policy in policies if policy.endswith(_PACK_SUFFIXES)}
    labels = known_labels() if own else frozenset()
    packs = tuple(_load(path, labels if path in own else None) for path in paths)
    _check_unique(paths, packs)
    _check_profile(profile, packs)
    if documents is not None:
        for path, pack in zip(paths, packs, strict=True):
            _check_document(path, pack, documents)
    return packs


def _path_of(policy: str) -> Path:
    if policy.endswith(_PACK_SUFFIXES):
        return Path(policy)
    if policy not in shipped_packs():
        raise ConfigError(
            f"there is no rule pack {policy!r}; there are {', '.join(shipped_packs())}."
            " A pack of your own is given by the path of its .yaml file",
            key="policies",
        )
    return package_file(f"policy/packs/{policy}.yaml")


def _load(path: Path, known_labels: frozenset[str] | None) -> RulePack:
    form = load_yaml(path, PackForm)
    for location, message in form.mistakes(known_labels):
        raise mistake_at(path, location, message)
    return form.build(hashlib.sha256(path.read_bytes()).hexdigest())


def _check_unique(paths: Sequence[Path], packs: Sequence[RulePack]) -> None:
    owners: dict[str, Path] = {}
    for path, pack in zip(paths, packs, strict=True):
        claims: list[tuple[KeyPath, str]] = [(("name",), pack.name)]
        claims += [(("rules", i, "id"), rule.id) for i, rule in enumerate(pack.rules)]
        for location, name in claims:
            if name in owners:
                raise mistake_at(path, location, f"{name!r} is already taken by {owners[name]}")
            owners[name] = path


def _check_profile(profile: str, packs: Sequence[RulePack]) -> None:
    known = dict.fromkeys((*BUILT_IN_PROFILES, *(name for pack in packs for name in pack.profiles)))
    if profile not in known:
        raise ConfigError(
            f"there is no profile {profile!r}; there are {', '.join(known)}", key="profile"
        )


def _check_document(path: Path, pack: RulePack, documents: Path) -> None:
    try:
        text = (documents / pack.document_file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise mistake_at(
            path, ("document", "file"), f"this document cannot be read in {documents}"
        ) from error
    for clause_id in check_quotes(pack, text):
        position = [clause.id for clause in pack.clauses].index(clause_id)
        raise mistake_at(
            path,
            ("clauses", position, "quote"),
            f"this quote of clause {clause_id} is not in {pack.document_file}",
        )
