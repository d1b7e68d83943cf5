"""Schemathesis as part of the judge: its phases as rules, its failures as findings, its false alarms left out."""

from mockserver.conformance.stock.engine import stock_rules

__all__ = ["stock_rules"]
