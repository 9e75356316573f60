"""Grocers: the protocol that Kurv orders through, the Kolonial client, and a simulated grocer."""
