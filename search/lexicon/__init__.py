"""The lexicon: what people call the same thing, and what is a kind of what.

`groups` says what a group of synonyms is, `files` reads those that are shipped, `in_force` keeps those that count,
`loading` brings the shipped ones into the database, `services` writes what admins change, `effects` says beforehand
what a change would do. `search.synonyms` looks phrases up in texts.
"""
