"""Kurv: ordering groceries in Norwegian; everything that is neither sound nor Rasa's."""
