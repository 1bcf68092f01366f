"""What the demo's shop has set: through its year, and for those who look at it afterwards."""

from __future__ import annotations

PROGRAMME = {
    "points_per_unit": 2,
    "points_valid_months": 12,
    "reward_points": 100,
    "reward_value": 5,
    "reward_kind": "voucher",
    "surprise_probability": "0.3",
    "surprise_value": 3,
    "surprise_budget_per_month": 1000,
    "surprise_cooling_off_days": 0,
    "survey_question": "csat",
    "survey_delay_days": 7,
    "holdout_share": 0,  # whoever is held out once is for ever, and the visitor has to see a surprise
    "survey_holdout_share": 0,
    "mail_consent": "preference",
}
# What somebody who clicks through the shop sees sooner: points mature in the month that can be let pass.
FOR_VISITORS = {**PROGRAMME, "surprise_probability": 1, "return_window_days": 14}
