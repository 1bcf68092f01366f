"""What the plugin adds to Saleor's GraphQL API."""
