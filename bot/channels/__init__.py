"""Connectors through which a Rasa server is reached."""
