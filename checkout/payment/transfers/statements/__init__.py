"""A bank's statement, from the file to recorded transfers.

`decoding` and `cells` read letters, amounts and moments, `columns` knows what banks call their columns, `table` reads CSV and workbooks,
`mt940` what banks send each other, `reading` picks between them, `outlook` says what rows would do, `services` is what screens call.
"""
