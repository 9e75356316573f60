"""Telephone calls: who calls, what they may hear before we know, and calls that we make."""
