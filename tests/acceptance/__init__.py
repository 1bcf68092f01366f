"""The whole shop over HTTP, as a storefront sees it: a live server, real checkouts, committed transactions."""
