"""Rewards: what points can be exchanged for, and the exchanges."""
