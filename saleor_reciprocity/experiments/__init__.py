"""Experiments: who is held out of what, so that an effect can be measured."""
