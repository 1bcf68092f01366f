"""The test suite; it runs on every Saleor that the plugin supports."""
