"""Thin Rasa actions: each hands its act to the service and says what comes back."""
