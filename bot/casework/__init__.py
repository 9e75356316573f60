"""What staff do with people's baskets and orders, without a screen: behind `bot.staff`.

Every use case takes the `Actor` who does it, refuses what they may not, and writes the access log.
"""
