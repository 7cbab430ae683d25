#!/bin/sh
# Stands in for each built program: the CLI that tells its version, the provider that writes its schema.
case "$1" in
version) echo "v@CLI_VERSION@" ;;
generate) echo '{"resources": {}}' > "$3/schema.json"; echo '{}' > "$3/bridge-metadata.json" ;;
esac
