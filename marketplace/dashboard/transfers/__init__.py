"""Screens for money that arrives by bank transfer: what came in, statements, the shop's receiving accounts."""
