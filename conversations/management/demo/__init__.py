"""Northwind, the shop of the demo desk: who works there, who asks, and what about. All of it is invented."""
