"""The audit log: what was run and decided, in lines that cannot be changed unseen."""

from __future__ import annotations

from screening.audit.chain import AuditReport, verify
from screening.audit.log import AuditLog

__all__ = ["AuditLog", "AuditReport", "verify"]
