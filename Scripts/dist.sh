#!/usr/bin/env bash
# Makes one tarball that runs on a bare Linux: the program linked statically with Swift, ICU and libdeflate, its resources, licences,
# manual pages, completions and the examples.
#
#     Scripts/dist.sh                 out/dist/cuneus-VERSION-linux-ARCH.tar.gz
#     Scripts/dist.sh --stage-only    only the folder of the same name beside it
#
# The ordinary build (swift build -c release) is brought up to date and its objects are linked once more, so no second build is waited
# for. BUILD=folder takes the objects of a build that is there (…/.build/release) as they are.
#
# What remains to be found on the other machine is the C library (and libgcc_s, which comes with it). The same sources, toolchain and
# machine give the same tarball: names are sorted, owners and times set (SOURCE_DATE_EPOCH, else the last commit's).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
swift="${SWIFT:-swift}"
scratch="${SCRATCH:-$PWD/.build-dist}"
out="${OUT:-out}/dist"

stage_only=false
case "${1:-}" in
    "") ;;
    --stage-only) stage_only=true ;;
    -h | --help) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "dist.sh: unknown argument '$1' (only --stage-only is known)" >&2; exit 2 ;;
esac

arch=$(uname -m)
version=$(sed -n 's/.*text = "\([^"]*\)".*/\1/p' Sources/Reporting/RunFolder/CuneusVersion.swift)
[ -n "$version" ] || { echo "dist.sh: no version in CuneusVersion.swift" >&2; exit 1; }
SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}"
export SOURCE_DATE_EPOCH
name="cuneus-$version-linux-$arch"

# The toolchain's static libraries, ICU's tables cut down (Scripts/trim_icu.py). The compiler looks in its resource folder first, so it is
# given one of links in which that one library is another.
toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v "$swift")")")")
static="$toolchain/lib/swift_static"
[ -e "$static/linux/lib_FoundationICU.a" ] || { echo "dist.sh: no static libraries in $static" >&2; exit 1; }
resources="$scratch/swift_static"
mkdir -p "$scratch/lib"
if [ ! -e "$resources/linux/lib_FoundationICU.a" ]; then
    rm -rf "$resources"
    mkdir -p "$resources"
    cp -rs "$static/." "$resources/"
    rm "$resources/linux/lib_FoundationICU.a"
    python3 Scripts/trim_icu.py --library "$static/linux/lib_FoundationICU.a" --out "$resources/linux"
    # Nobody loads the program as a library, so what it does not use need not stay for others to find.
    rm "$resources/linux/static-stdlib-args.lnk"
    sed '/-Xlinker/d;/^ALL/d' "$static/linux/static-stdlib-args.lnk" >"$resources/linux/static-stdlib-args.lnk"
fi

# A folder with the archives only, which is searched first: so they are taken, and not the shared libraries of the same names.
deflate=$(find /usr/lib /usr/local/lib -name libdeflate.a -print -quit)
stdcxx=$(find /usr/lib/gcc -name libstdc++.a -print | sort | tail -1)
[ -n "$deflate" ] || { echo "dist.sh: no libdeflate.a (Debian: libdeflate-dev)" >&2; exit 1; }
[ -n "$stdcxx" ] || { echo "dist.sh: no libstdc++.a (Debian: g++)" >&2; exit 1; }
ln -sfn "$deflate" "$scratch/lib/libdeflate.a"
ln -sfn "$stdcxx" "$scratch/lib/libstdc++.a"

if [ -z "${BUILD:-}" ]; then
    "$swift" build -c release --product cuneus
    BUILD=$("$swift" build -c release --show-bin-path)
fi
build=$(cd "$BUILD" && pwd -P)
checkouts=$(dirname "$(dirname "$build")")/checkouts
objects="$build/cuneus.product/Objects.LinkFileList"
[ -e "$objects" ] || { echo "dist.sh: $objects is not there: no build of the program" >&2; exit 1; }

# Archives in a group, since they call each other; main is called CuneusCommand_main in the objects, as SwiftPM calls it for its tests' sake.
archives=()
for library in Foundation FoundationInternationalization FoundationEssentials CoreFoundation _FoundationICU _FoundationCShims \
    _FoundationCollections; do
    archives+=(-Xlinker "$resources/linux/lib$library.a")
done
"$(dirname "$(readlink -f "$(command -v "$swift")")")/swiftc" -static-stdlib -resource-dir "$resources" -L "$scratch/lib" \
    -emit-executable -o "$scratch/cuneus" "@$objects" -ldeflate -lm -Xlinker --gc-sections \
    -Xlinker --defsym=main=CuneusCommand_main -Xlinker --start-group "${archives[@]}" -Xlinker "$scratch/lib/libstdc++.a" \
    -Xlinker --end-group 2>&1 | grep -v "the use of .mktemp' is dangerous" || [ "${PIPESTATUS[0]}" = 0 ]

stage="$out/$name"
rm -rf "$stage"
mkdir -p "$stage/bin" "$stage/share/man/man1" "$stage/share/bash-completion/completions" \
    "$stage/share/zsh/site-functions" "$stage/share/fish/vendor_completions.d" "$stage/share/doc/cuneus" "$stage/LICENSES"
strip --strip-all -o "$stage/bin/cuneus" "$scratch/cuneus"
for folder in "$build"/Cuneus_*.resources; do cp -rL "$folder" "$stage/bin/"; done
install -m 755 Scripts/cuneus-bids "$stage/bin/cuneus-bids"

# What must not be missing on the other machine, seen before it is.
needed=$(objdump -p "$stage/bin/cuneus" | sed -n 's/^ *NEEDED *//p' | grep -vE '^(libc|libm|libgcc_s|libdl|libpthread|librt|ld-linux-.*)\.so' || true)
[ -z "$needed" ] || { echo "dist.sh: the program still asks for: $needed" >&2; exit 1; }

python3 Scripts/manpages.py --program "$stage/bin/cuneus" --out "$stage/share/man/man1"
install -m 644 Scripts/dist/cuneus-bids.1 "$stage/share/man/man1/"
"$stage/bin/cuneus" --generate-completion-script bash >"$stage/share/bash-completion/completions/cuneus"
"$stage/bin/cuneus" --generate-completion-script zsh >"$stage/share/zsh/site-functions/_cuneus"
"$stage/bin/cuneus" --generate-completion-script fish >"$stage/share/fish/vendor_completions.d/cuneus.fish"
cp -r Examples "$stage/share/doc/cuneus/examples"
find "$stage/share/doc" -name '*.py' -delete
cp README.md CHANGELOG.md CITATION.cff THIRD-PARTY.md "$stage/share/doc/cuneus/"

# Licences of Cuneus and of all that is linked into it; those of templates and of the viewer lie beside these, in bin/.
cp LICENSE "$stage/LICENSES/cuneus.txt"
licence() { # licence NAME FILE...: the first that is there
    local to="$stage/LICENSES/$1" file
    shift
    for file in "$@"; do
        if [ -e "$file" ]; then cp "$file" "$to"; return; fi
    done
    echo "dist.sh: no licence for $to: $*" >&2
    exit 1
}
licence swift.txt "$toolchain/share/swift/LICENSE.txt" "$toolchain/../LICENSE.txt"
for package in swift-argument-parser swift-crypto swift-asn1 swift-log Yams; do
    licence "$package.txt" "$checkouts/$package/LICENSE.txt" "$checkouts/$package/LICENSE"
    for notice in "$checkouts/$package"/NOTICE*; do
        if [ -e "$notice" ]; then cp "$notice" "$stage/LICENSES/$package-NOTICE.txt"; fi
    done
done
licence libdeflate.txt /usr/share/doc/libdeflate-dev/copyright
licence libstdc++.txt /usr/share/doc/libstdc++6/copyright /usr/share/doc/gcc-12-base/copyright
licence icu.txt Scripts/dist/ICU-LICENSE.txt

glibc=$(objdump -T "$stage/bin/cuneus" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -1)
cat >"$stage/README.txt" <<TEXT
Cuneus $version for Linux on $arch

    bin/cuneus check share/doc/cuneus/examples/semantics
    bin/cuneus run share/doc/cuneus/examples/semantics --model all --out results

Needs a C library of version ${glibc#GLIBC_} or later (Debian 12, Ubuntu 24.04, Fedora 37, RHEL 10), nothing else. To have it at hand, link bin/cuneus into
a folder of your path (its files are found through the link), or copy the folders bin and share into /opt/cuneus:

    ln -s "\$PWD/bin/cuneus" ~/.local/bin/cuneus
    export MANPATH="\$PWD/share/man:"            # man cuneus, man cuneus-run
    . share/bash-completion/completions/cuneus   # Tab completes

Names of places need the AAL and Brodmann atlases, which are not in here: Debian's mricron-data, or a folder named by CUNEUS_ATLASES.
LICENSES/ has the licences of all that is linked into the program.
TEXT

size=$(stat -c %s "$stage/bin/cuneus")
echo "$stage: program $((size / 1000)) kB, needs $glibc"
if $stage_only; then exit 0; fi
tar -C "$out" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u+rw,go+r,go-w -cf - "$name" |
    gzip -9n >"$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
echo "$out/$name.tar.gz: $(($(stat -c %s "$out/$name.tar.gz") / 1000)) kB"
