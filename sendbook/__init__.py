"""Sendbook: a SENCo's register and provision map in one Excel workbook."""

__version__ = "0.1.0"
