"""Seasonal promotions: their dates, goods and prices, written to `catalogue.pricing` (decision 8 of the architecture)."""
