"""One module for each step from an empty database to today's tables, oldest first."""
