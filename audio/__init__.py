"""Sound, and only sound: knows neither the bot nor Rasa."""
