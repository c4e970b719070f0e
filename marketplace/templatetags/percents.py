"""Percentages in templates."""

from django import template

from marketplace.numbers import percent_words

register = template.Library()
register.filter("percent", percent_words)
