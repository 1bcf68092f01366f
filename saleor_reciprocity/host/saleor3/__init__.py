"""Saleor 3.21 to 3.23: channels, UUID order ids, returns, two payment systems, a replica that must be asked for."""
