"""Recommendations: what a training leaves behind, what customers say they like, and what they are shown."""
