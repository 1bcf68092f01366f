"""Charts: figures drawn as SVG on the server, readable without colours, without a script, and by a screen reader."""
