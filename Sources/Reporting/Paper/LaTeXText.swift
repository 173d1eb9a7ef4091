/// Text for LaTeX: what the language takes for its own is escaped, and signs that text fonts lack become commands.
enum LaTeXText {
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars { result += commands[scalar] ?? plain(scalar) }
        return result
    }

    /// As ``escaped(_:)``, but braces stay: they protect the case of titles.
    static func escapedInBibTeX(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            let isBrace = scalar == "{" || scalar == "}"
            result += isBrace ? String(Character(scalar)) : commands[scalar] ?? plain(scalar)
        }
        return result
    }

    /// Line breaks and control characters end no cell.
    private static func plain(_ scalar: UnicodeScalar) -> String {
        scalar.value < 0x20 || scalar.value == 0x7F ? " " : String(Character(scalar))
    }

    private static let commands: [UnicodeScalar: String] = [
        "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&", "#": "\\#", "%": "\\%", "_": "\\_",
        "~": "\\textasciitilde{}", "|": "\\textbar{}", "^": "\\textasciicircum{}", "<": "\\textless{}",
        ">": "\\textgreater{}",
        "\u{2212}": "$-$", "\u{2264}": "$\\leq$", "\u{2265}": "$\\geq$", "\u{D7}": "$\\times$", "\u{B1}": "$\\pm$",
        "\u{B2}": "\\textsuperscript{2}", "\u{B3}": "\\textsuperscript{3}", "\u{3C4}": "$\\tau$",
        "\u{3C7}": "$\\chi$", "\u{221A}": "$\\surd$", "\u{2011}": "-", "\u{2009}": "\\,", "\u{A0}": "~",
        "\u{2260}": "$\\neq$", "\u{2080}": "\\textsubscript{0}", "\u{2081}": "\\textsubscript{1}",
        "\u{2192}": "$\\rightarrow$", "\u{2610}": "$\\square$", "\u{2611}": "$\\checkmark$",
    ]
}
