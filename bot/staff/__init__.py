"""The staff side as web pages: HTTP and nothing else. What may be done stands in `bot.casework`."""
