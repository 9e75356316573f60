"""Measures how well the bot understands: golden sets in, figures and failures out."""
