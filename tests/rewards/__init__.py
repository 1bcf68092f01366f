"""Tests: rewards."""
