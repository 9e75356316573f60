"""Telephone calls as lines: an AudioSocket server, and the program that speaks SIP to it."""
