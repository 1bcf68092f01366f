"""The desk: where the shop's people run the programme. A page of it is a GraphQL document and a template."""
