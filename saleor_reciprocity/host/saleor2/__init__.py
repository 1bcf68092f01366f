"""Saleor 2.10: one unnamed channel, integer order ids with a token beside them, hooks inside the host's transaction."""
