/// Characters of typesetting and of copying from web pages that stand around numbers and cannot be seen.
package enum InvisibleCharacters {
    /// Marks without width: zero-width spaces and joiners, marks of writing direction, soft hyphens, byte-order marks.
    package static func isFormat(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x206F, 0xFEFF: true
        default: false
        }
    }

    /// Spaces of other widths than the plain one.
    package static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// Line ends beside LF and CR: the separators of lines and paragraphs, and NEL.
    package static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0x2028 || scalar.value == 0x2029 || scalar.value == 0x85
    }
}
