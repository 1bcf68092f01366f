"""Logistic regression with all products of two numbers, by Newton's method, in blocks of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator

import numpy as np

from .history import Array

RIDGE = 1.0
STEPS = 15
BLOCK = 50_000
FURTHEST = 4.0  # standard deviations: what lies beyond counts as much


@dataclass(frozen=True)
class Logistic:
    """A fitted regression: how numbers are brought to one scale, and the weights of these, their products and 1."""

    mean: Array
    spread: Array
    weights: Array

    @classmethod
    def fitted(cls, numbers: Array, answers: Array) -> Logistic:
        """The most likely weights, held near 0 by RIDGE. Every step makes the loss smaller, or is the last."""
        mean, spread = numbers.mean(axis=0), numbers.std(axis=0) + 1e-9
        width = numbers.shape[1]
        model = cls(mean, spread, np.zeros(1 + width + width * (width + 1) // 2))
        model.weights[0] = np.log(answers.mean() / (1 - answers.mean()))
        loss = model._loss(numbers, answers)
        for _step in range(STEPS):
            towards = model._newton(numbers, answers)
            for share in (1.0, 0.5, 0.25, 0.125, 0.0625):
                better = cls(mean, spread, model.weights + share * towards)
                smaller = better._loss(numbers, answers)
                if smaller < loss:
                    break
            else:
                return model
            gained, loss, model = loss - smaller, smaller, better
            if gained < 1e-6 * loss:
                return model
        return model

    def scores(self, numbers: Array) -> Array:
        """The log odds of each row."""
        return np.concatenate([self._expanded(rows) @ self.weights for rows in _blocks(numbers)])

    def _expanded(self, numbers: Array) -> Array:
        scaled = np.clip((numbers - self.mean) / self.spread, -FURTHEST, FURTHEST)
        one, other = np.triu_indices(scaled.shape[1])
        return np.hstack([np.ones((len(scaled), 1)), scaled, scaled[:, one] * scaled[:, other]])

    def _penalty(self) -> Array:
        return np.concatenate(([0.0], np.full(len(self.weights) - 1, RIDGE)))

    def _loss(self, numbers: Array, answers: Array) -> float:
        odds = self.scores(numbers)
        return float((np.logaddexp(0, odds) - answers * odds).sum() + self._penalty() @ self.weights**2 / 2)

    def _newton(self, numbers: Array, answers: Array) -> Array:
        slope = -self._penalty() * self.weights
        curve = np.diag(self._penalty() + 1e-9)
        for rows, truth in zip(_blocks(numbers), _blocks(answers)):
            wide = self._expanded(rows)
            chance = 1 / (1 + np.exp(-wide @ self.weights))
            slope += wide.T @ (truth - chance)
            curve += wide.T @ (wide * (chance * (1 - chance))[:, None])
        return np.linalg.solve(curve, slope)


def _blocks(rows: Array) -> Iterator[Array]:
    for start in range(0, max(len(rows), 1), BLOCK):
        yield rows[start : start + BLOCK]
