"""Tests of messages: consent, rendering, sending."""
