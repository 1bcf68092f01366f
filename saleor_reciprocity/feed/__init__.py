"""The feed: what happened to customers, one event after the other, for the shop's other systems."""
