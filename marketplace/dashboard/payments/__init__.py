"""Screens of those who keep the money: what providers told us, disputes, until when cash is taken, what a dollar is."""
