"""The pure heart of Kurv: words, products, baskets and orders; no I/O, no framework, no clock."""
