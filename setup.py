"""Lets tools that still call setup.py build the package; everything is declared in setup.cfg."""

from setuptools import setup

setup()
