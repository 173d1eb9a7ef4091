#!/usr/bin/env bash
# Makes the API reference of the named modules with the toolchain's own DocC, as one static site.
#
#     OUT=out/docs Scripts/docs.sh Statistics Imaging ...
#
# No package plugin is used, so that ordinary builds fetch nothing for the sake of documentation.
set -euo pipefail
swift="${SWIFT:-swift}"
out="${OUT:-out/docs}"
docc="$(dirname "$(readlink -f "$(command -v "$swift")")")/docc"
[ -x "$docc" ] || { echo "docs.sh: no docc beside $swift" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/archives"

# A build of its own: symbol graphs are written only for modules that are compiled.
graphs="$PWD/.build-docs/graphs"
mkdir -p "$graphs"

archives=()
for module in "$@"; do
    "$swift" build --scratch-path .build-docs --target "$module" \
        -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir -Xswiftc "$graphs"
    mkdir -p "$work/$module"
    cp "$graphs/$module".symbols.json "$graphs/$module"@*.symbols.json "$work/$module/" 2>/dev/null || true
    [ -e "$work/$module/$module.symbols.json" ] || { echo "docs.sh: no symbols for $module" >&2; exit 1; }
    "$docc" convert --fallback-display-name "$module" --fallback-bundle-identifier "cuneus.$module" \
        --additional-symbol-graph-dir "$work/$module" --output-path "$work/archives/$module.doccarchive"
    archives+=("$work/archives/$module.doccarchive")
done

rm -rf "$out"
mkdir -p "$(dirname "$out")"
"$docc" merge "${archives[@]}" --synthesized-landing-page-name Cuneus --output-path "$work/merged.doccarchive"
"$docc" process-archive transform-for-static-hosting "$work/merged.doccarchive" --output-path "$out"
echo "Documentation: $out/index.html (serve the folder: python3 -m http.server -d $out)"
