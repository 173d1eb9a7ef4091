#!/bin/sh
# Lays the maps of Examples/pre-post out as a BIDS folder of derivatives, for tests of cuneus-bids: bids_example.sh FOLDER
set -eu
cd "$(dirname "$0")/../.."
for map in Examples/pre-post/images/sub-*.nii.gz; do
    name=$(basename "$map")
    to="$1/derivatives/lab/${name%%_*}/func"
    mkdir -p "$to"
    install -m 644 "$map" "$to/"
done
