"""How the demo's customers come to their accounts."""

from __future__ import annotations

from demo.storefront import Customer, Shop, Staff


def test_whose_address_ends_like_anothers_is_confirmed_nevertheless(shop: Shop, staff: Staff) -> None:
    """Whoever searches for lin@… finds franklin@…, too."""
    for email in ("earl.franklin@example.com", "lin@example.com", "carolin@example.com"):
        assert Customer.register(shop, email, "a-year-of-tea", staff).token
