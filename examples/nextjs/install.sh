#!/bin/sh
# install.sh STOREFRONT: brings the example, the documents and the element into a checkout of the official storefront.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
ready="$here/../../saleor_reciprocity/storefront"
cp -R "$here/src/." "$1/src/"
cp "$ready/documents/"*.graphql "$ready/documents/saleor-3/"*.graphql "$1/src/graphql/"
cp "$ready/reciprocity-0.1.0.js" "$ready/reciprocity-0.1.0.d.ts" "$1/src/loyalty/"
