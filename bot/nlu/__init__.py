"""Rasa graph components: from a Norwegian sentence to the act it performs."""
