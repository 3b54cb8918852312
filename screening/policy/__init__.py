"""Policy: rule packs as data, and the pure function that applies them."""

from __future__ import annotations

from screening.policy.evaluate import evaluate
from screening.policy.loading import load_packs, shipped_packs
from screening.policy.quotes import check_quotes
from screening.policy.rulepack import Category, Condition, Rule, RulePack

__all__ = [
    "Category",
    "Condition",
    "Rule",
    "RulePack",
    "check_quotes",
    "evaluate",
    "load_packs",
    "shipped_packs",
]
