"""Surveys: one fair question some days after an order has arrived, and what the shop makes of the answers."""
