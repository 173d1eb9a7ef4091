#!/usr/bin/env python3
"""Make Sources/Figures/Resources/letters.tsv.gz: outlines and widths of the letters in figures.

    Scripts/letters.py DejaVuSans.ttf DejaVuSans-Bold.ttf AFM_FOLDER

The fonts and the folder `pdfcorefonts` with Helvetica.afm, Helvetica-Bold.afm and Symbol.afm are those of the
matplotlib 3.9.2 wheel; needs fontTools (`pip install fonttools`). One line a letter: code point, width in Helvetica and
in Helvetica-Bold, code and width in Symbol (0 where it has none), then advance and outline in DejaVu Sans and in its
bold. Widths are thousandths of the letter size; outlines are closed contours of `x,y` points in thousandths, y upwards,
contours separated by `;` and flattened from their curves, which at 2,400 pixels a line still look round.
"""

import gzip
import sys
from pathlib import Path

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

RESULT = Path(__file__).resolve().parent.parent / "Sources" / "Figures" / "Resources" / "letters.tsv.gz"
EXTRA = "ΓΔΘΛΞΠΣΦΨΩαβγδεζηθικλμνξοπρςστυφχψω−–—‘’“”„…•≥≤≠≈←→↑↓∞√‰€™ŒœŠšŽžŸ₀₁₂₃₄₅₆₇₈₉⁰⁴⁵⁶⁷⁸⁹⁻"
SYMBOLS = {"−": "minus", "≥": "greaterequal", "≤": "lessequal", "≠": "notequal", "≈": "approxequal",
           "←": "arrowleft", "→": "arrowright", "↑": "arrowup", "↓": "arrowdown", "∞": "infinity", "√": "radical"}
GREEK = dict(zip("ΓΔΘΛΞΠΣΦΨΩαβγδεζηθικλμνξοπρσςτυφχψω",
                 "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega alpha beta gamma delta epsilon zeta eta theta iota "
                 "kappa lambda mu nu xi omicron pi rho sigma sigma1 tau upsilon phi chi psi omega".split()))


def metrics(path):
    """Name to (code, width) of an Adobe font metrics file."""
    found = {}
    for line in Path(path).read_text(encoding="latin-1").splitlines():
        if line.startswith("C "):
            fields = dict(part.split(None, 1) for part in (p.strip() for p in line.split(";")) if " " in part)
            found[fields["N"]] = (int(fields["C"]), int(float(fields["WX"])))
    return found


def outline(font, name):
    """Closed contours, flattened."""
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(pen)
    scale = 1000 / font["head"].unitsPerEm
    contours, here = [], None
    for operation, points in pen.value:
        if operation == "moveTo":
            contours.append([points[0]])
            here = points[0]
        elif operation == "lineTo":
            contours[-1].append(points[0])
            here = points[0]
        elif operation == "qCurveTo":
            off, end = list(points[:-1]), points[-1]
            for n, control in enumerate(off):
                to = end if n == len(off) - 1 else tuple((a + b) / 2 for a, b in zip(control, off[n + 1]))
                for step in range(1, 5):
                    t = step / 4
                    contours[-1].append(tuple(
                        (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c for a, b, c in zip(here, control, to)))
                here = to
    return ";".join(" ".join(f"{round(x * scale)},{round(y * scale)}" for x, y in contour) for contour in contours)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    fonts = [TTFont(path) for path in sys.argv[1:3]]
    plain, bold, symbol = (metrics(f"{sys.argv[3]}/{name}.afm") for name in ("Helvetica", "Helvetica-Bold", "Symbol"))
    from fontTools.agl import UV2AGL
    codes = list(range(0x20, 0x7F)) + list(range(0xA0, 0x180)) + [ord(c) for c in EXTRA]
    lines = []
    for code in sorted(set(codes)):
        glyph = fonts[0].getBestCmap().get(code)
        strong = fonts[1].getBestCmap().get(code)
        if glyph is None or strong is None:
            continue
        name = UV2AGL.get(code, "")
        drawn = SYMBOLS.get(chr(code)) or GREEK.get(chr(code))
        in_symbol = symbol.get(drawn, (0, 0)) if drawn else (0, 0)
        widths = [table.get("space" if code == 0xA0 else name, (0, 0))[1] for table in (plain, bold)]
        row = [code, *widths, max(in_symbol[0], 0), in_symbol[1]]
        for font, which in zip(fonts, (glyph, strong)):
            row += [round(font["hmtx"][which][0] * 1000 / font["head"].unitsPerEm), outline(font, which)]
        lines.append("\t".join(str(value) for value in row))
    RESULT.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), 9, mtime=0))
    print(f"{RESULT}: {len(lines)} letters, {RESULT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
