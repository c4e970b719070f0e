"""What can go wrong with delivery."""


class NoTariff(Exception):
    """No delivery table, or no line of it, holds for this producer on this day: an admin has to add one."""
