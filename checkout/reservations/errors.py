"""What can go wrong with stock."""


class StockTooLow(Exception):
    """Not everything asked for is left. Nothing was reserved."""
