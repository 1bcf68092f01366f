"""Feedback: that what customers answer in surveys is what recommendations hear of products."""

from __future__ import annotations

from .recommendations.feedback import Feedback
from .surveys import rated

FEEDBACK = Feedback(of_customer=rated.OF_CUSTOMER, of_all=rated.OF_ALL)
