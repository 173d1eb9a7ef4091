#!/usr/bin/env bash
# Makes the container image from the tarball with buildah, and runs it: as its user, and as a BIDS App.
#
#     Scripts/image.sh
#
# BASE=image names what it is built on (default: debian:bookworm-slim, from a registry). BASE=chroot takes the bare system of Scripts/dist-test.sh,
# where no registry can be reached. In a machine that lets containers have no namespaces of their own, buildah runs in a chroot (BUILDAH_ISOLATION=chroot).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
base="${BASE:-docker.io/library/debian:bookworm-slim}"
export BUILDAH_ISOLATION="${BUILDAH_ISOLATION:-chroot}" STORAGE_DRIVER="${STORAGE_DRIVER:-vfs}"
ls out/dist/cuneus-*.tar.gz >/dev/null || { echo "image.sh: no tarball; make dist" >&2; exit 1; }
Scripts/apt.sh buildah
arguments=()
if [ "$base" = chroot ]; then
    [ -e .build-dist/bookworm/.complete ] || { echo "image.sh: no bare system; make dist-test" >&2; exit 1; }
    container=$(buildah from scratch)
    buildah copy -q "$container" .build-dist/bookworm / >/dev/null
    buildah commit -q --rm "$container" localhost/bookworm >/dev/null
    base=localhost/bookworm
    # No archive is asked for packages: without ATLASES=mricron-data the image has no atlases.
    arguments+=(--build-arg "ATLASES=${ATLASES-}")
fi
version=$(sed -n 's/.*text = "\([^"]*\)".*/\1/p' Sources/Reporting/RunFolder/CuneusVersion.swift)
buildah build --ignorefile .containerignore --build-arg "BASE=$base" --build-arg DIST=tarball --build-arg "VERSION=$version" \
    "${arguments[@]}" --tag cuneus --file Containerfile . ||
    { echo "image.sh: no image. Where no registry can be reached: make dist-test, then make image BASE=chroot" >&2; exit 1; }
container=$(buildah from cuneus)
data=$(mktemp -d)
trap 'buildah rm "$container" >/dev/null; rm -rf "$data"' EXIT
Scripts/dist/bids_example.sh "$data"
chmod 755 "$data"
buildah run "$container" -- sh -c 'test "$(id -u)" = 1000 && test "$(pwd)" = /work && cuneus --version && cuneus check /opt/cuneus/share/doc/cuneus/examples/semantics \
    >/dev/null && cuneus run /opt/cuneus/share/doc/cuneus/examples/psychotherapy --model rest --set voxel_size=6 --set relocations=39 --quiet \
    >/dev/null 2>said && ls cuneus-out/*/report.html && cat said >&2 && test ! -s said'
buildah run --volume "$data:/data:ro" "$container" -- \
    sh -c 'cuneus-bids /data app group --paired session=pre,post --n-cpus 2 >/dev/null && ls app/report.html'
buildah inspect --type image --format '{{.OCIv1.Config.Labels}} {{.OCIv1.Config.User}} {{.OCIv1.Config.Entrypoint}}' cuneus
