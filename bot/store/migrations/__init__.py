"""Alembic's migrations of the store; `Store.migrate` runs them.

A new one is a module in `versions/` whose `down_revision` names the newest one before it, and
changes `bot/store/tables.py` to match.
"""
