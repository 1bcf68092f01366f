"""Tests of the feed: what is told, in which order, and how it is delivered."""
