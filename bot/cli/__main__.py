"""`python -m bot.cli` is the command `kurv`, for child processes of our own."""

from bot.cli import main

main()
