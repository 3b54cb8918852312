"""Policy: rule packs as data, and the pure function that applies them."""

from __future__ import annotations

from screening.policy.conditions import Beside, Condition
from screening.policy.evaluate import evaluate
from screening.policy.loading import load_packs, shipped_packs
from screening.policy.quotes import check_quotes
from screening.policy.rulepack import Category, Rule, RulePack, SettledBy
from screening.policy.ruletests import Case, load_cases, ruletests_path, unheld_parts

__all__ = [
    "Beside",
    "Case",
    "Category",
    "Condition",
    "Rule",
    "RulePack",
    "SettledBy",
    "check_quotes",
    "evaluate",
    "load_cases",
    "load_packs",
    "ruletests_path",
    "shipped_packs",
    "unheld_parts",
]
