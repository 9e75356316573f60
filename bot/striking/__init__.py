"""Which words of an utterance may be struck out: stories, reasons, and what is taken back at once.

A small network marks them (`network`, over what `features` says of each word), trained on marked
talk (`corpus`, `training`); `striker` makes whole wares and amounts of its answers. What is left is
read by the rules in `bot.ordering`.
"""
