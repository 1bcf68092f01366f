"""QR: an address as a drawing that phones read. Pure."""

from __future__ import annotations

from io import BytesIO


def drawn(address: str) -> str:
    """The QR code of an address as an SVG: black on white, with the quiet margin that scanners need, of any size."""
    import segno  # with the first drawing; nothing else here needs it

    svg = BytesIO()
    code = segno.make_qr(address, error="m")
    code.save(svg, kind="svg", light="#fff", xmldecl=False, omitsize=True, svgclass=None, lineclass=None, nl=False)
    return svg.getvalue().decode()
