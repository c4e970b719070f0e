"""Decision lists of provinces, row by row into producers, goods and certificates.

`reader` opens a file, `table` finds header and groups in it, `parsing` and `rows` read a row, `matching` and `judging` say what it means, `writing` does it,
`preview` only says it, `sources` names where rows come from, `services` is what commands and screens call.
"""
