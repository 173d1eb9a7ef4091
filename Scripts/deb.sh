#!/usr/bin/env bash
# Makes the Debian package from the folder that Scripts/dist.sh wrote, checks it with lintian, and installs it in a bare Debian 12.
#
#     Scripts/deb.sh                out/dist/cuneus_VERSION-1_ARCH.deb
#
# Built in a copy (.build-dist/deb), so that debian/ stays clean. The last step needs root and the bare system of Scripts/dist-test.sh; it is
# left out, and said, where either is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out="${OUT:-out}/dist"
stage=$(find "$out" -maxdepth 1 -type d -name 'cuneus-*-linux-*' -print -quit 2>/dev/null || true)
[ -n "$stage" ] || { echo "deb.sh: nothing in $out; make dist" >&2; exit 1; }
Scripts/apt.sh dpkg-buildpackage=dpkg-dev dh=debhelper lintian fakeroot

work="$PWD/.build-dist/deb"
rm -rf "$work"
mkdir -p "$work/cuneus/out/dist"
cp -r debian THIRD-PARTY.md CHANGELOG.md "$work/cuneus/"
cp -r "$stage" "$work/cuneus/out/dist/"
(cd "$work/cuneus" && dpkg-buildpackage -b -us -uc >"$work/log" 2>&1) || { tail -20 "$work/log" >&2; exit 1; }
lintian --allow-root --fail-on error,warning --info "$work"/*.changes
mv "$work"/*.deb "$out/"
package=$(find "$out" -name 'cuneus_*.deb' -print -quit)
echo "$package: $(($(stat -c %s "$package") / 1000)) kB"

base="$PWD/.build-dist/bookworm"
if [ "$(id -u)" != 0 ] || [ ! -e "$base/.complete" ]; then
    echo "Not installed anywhere: needs root, and the bare system of make dist-test."
    exit 0
fi
root=$(mktemp -d "$PWD/.build-dist/test.XXXXXX")
trap 'umount "$root/proc" 2>/dev/null || true; rm -rf --one-file-system "$root"' EXIT
cp -a "$base/." "$root/"
mount -t proc proc "$root/proc"
cp "$package" "$root/tmp/cuneus.deb"
chroot "$root" dpkg --install /tmp/cuneus.deb >"$root/log" 2>&1 || { tail -5 "$root/log" >&2; exit 1; }
chroot "$root" useradd --create-home somebody
chroot "$root" su - somebody -c \
    'cuneus --version && cuneus check /usr/share/doc/cuneus/examples/semantics >/dev/null && cuneus run /usr/share/doc/cuneus/examples/psychotherapy \
     --model rest --set voxel_size=6 --set relocations=39 --quiet >/dev/null 2>said && ls cuneus-out/*/report.html && cat said >&2 && test ! -s said'
chroot "$root" dpkg --purge cuneus >>"$root/log" 2>&1
[ ! -e "$root/usr/share/cuneus" ] || { echo "deb.sh: removing the package left files" >&2; exit 1; }
echo "Installed, run and removed in a bare Debian 12."
