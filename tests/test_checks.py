"""The system check names the hooks that the host has given up."""

from __future__ import annotations

from typing import Any

from django.core.checks import WARNING, run_checks
from saleor.plugins.manager import PluginsManager

from saleor_reciprocity import host
from saleor_reciprocity.plugin import ReciprocityPlugin

from . import hosts


def warnings() -> list[Any]:
    return [found for found in run_checks(tags=["reciprocity"]) if found.id == "reciprocity.W001"]


def test_every_hook_of_this_saleor_is_called() -> None:
    assert [name for name in host.HOOKS if not hasattr(ReciprocityPlugin, name)] == []
    assert warnings() == []


def test_a_hook_that_is_gone_is_named(monkeypatch: Any) -> None:
    monkeypatch.delattr(PluginsManager, "order_created")
    (warning,) = warnings()
    assert warning.level == WARNING
    assert warning.msg.endswith("happens to an order: order_created.")
    assert "reciprocity_work" in warning.hint


def test_a_hook_that_no_longer_reaches_plugins_is_named(monkeypatch: Any) -> None:
    monkeypatch.setattr(PluginsManager, "order_updated", lambda self, order, webhooks=None: None)
    monkeypatch.setattr(PluginsManager, "fulfillment_created", lambda self, fulfillment, **kwargs: None)
    (warning,) = warnings()
    assert warning.msg.endswith("order: order_updated, fulfillment_created.")


def test_all_hooks_of_the_plugin_are_of_some_saleor() -> None:
    ours = {name for name, value in vars(ReciprocityPlugin).items() if name.startswith(("order_", "fulfillment_"))}
    assert set(host.HOOKS) <= ours
    if hosts.MULTI_CHANNEL:
        assert set(host.HOOKS) == ours


def test_a_shop_that_asks_nobody_for_a_proof_is_told(settings: Any) -> None:
    def told() -> list[str]:
        return [found.msg for found in run_checks(tags=["reciprocity"]) if found.id == "reciprocity.W004"]

    settings.ENABLE_ACCOUNT_CONFIRMATION_BY_EMAIL = True
    assert told() == []
    settings.ENABLE_ACCOUNT_CONFIRMATION_BY_EMAIL = False
    if hosts.MULTI_CHANNEL:  # the account has its own mark there
        assert told() == []
    else:
        (message,) = told()
        assert message.startswith("This shop does not ask customers to confirm their address")
