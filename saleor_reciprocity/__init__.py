"""Saleor Reciprocity: points, surprises, surveys and recommendations inside Saleor."""

from __future__ import annotations

import django

__version__ = "0.1.0"

if django.VERSION < (3, 2):  # Django 3.2 and later find apps.py by themselves
    default_app_config = "saleor_reciprocity.apps.ReciprocityConfig"
