"""How a person's name stands where everybody reads it."""


def shown_name(name: str) -> str:
    """Return the given name, in Vietnamese the last, and the family's first letter; empty where there is no more than one word."""
    words = name.split()
    if len(words) < 2:
        return ""
    return f"{words[-1]} {words[0][0]}."[:60]
