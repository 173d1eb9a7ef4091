/// How many columns of a terminal a text takes: two for letters of East Asian scripts and emoji, none for marks that
/// stand on the letter before them (Unicode Standard Annex 11, wide and full-width; the common ranges).
package enum DisplayWidth {
    package static func of(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

    private static func width(_ letter: Character) -> Int {
        guard let first = letter.unicodeScalars.first else { return 0 }
        // A letter and the marks on it are one character and one cell; so is an emoji with its modifiers, of two.
        if first.properties.isEmojiPresentation { return 2 }
        switch first.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2060, 0xFEFF: return 0
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default:
            switch first.properties.generalCategory {
            case .nonspacingMark, .enclosingMark: return 0
            default: return 1
            }
        }
    }
}
