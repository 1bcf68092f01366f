"""What each release of Saleor 3 has, as the table of probes says."""

from __future__ import annotations

import pytest

from .. import hosts


@pytest.mark.skipif(not hosts.MULTI_CHANNEL, reason="Saleor 2.10 is one release")
def test_this_release_has_what_its_column_says() -> None:
    import saleor

    from saleor_reciprocity.host.saleor3 import probes

    release = ".".join(saleor.__version__.split(".")[:2])
    assert release in probes.RELEASES, "a new release is one new column"
    column = probes.RELEASES.index(release)
    assert {name: probes.has(name) for name in probes.PROBES} == {
        name: probe.releases[column] for name, probe in probes.PROBES.items()
    }
    assert {len(probe.releases) for probe in probes.PROBES.values()} == {len(probes.RELEASES)}
