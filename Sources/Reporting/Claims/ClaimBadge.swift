package import Claims
import Evidence
import Figures

/// A badge for a claim, to stand beside the sentence elsewhere: the grade in a word and who judged.
package struct ClaimBadge {
    let judged: JudgedClaim
    /// Of the ledger: a badge stands alone, and that its evidence is a demonstration has to go with it.
    var caution: String?

    package init(judged: JudgedClaim, caution: String? = nil) {
        self.judged = judged
        self.caution = caution
    }

    private static let left = "evidence"

    package var svg: String {
        let text = judged.grade.words.lowercased() + (caution == nil ? "" : " (see caution)")
        // Letters of this size are about 6.1 wide; textLength makes it fit exactly, whatever the font.
        let widths = [Self.left, text].map { (6.1 * Double($0.count)).rounded() }
        let (a, b) = (widths[0] + 14, widths[1] + 14)
        let title = HTML.escape(
            ["“\(judged.claim.sentence)” \(judged.grade.words). \(ClaimWords(judged: judged).answer)", caution]
                .compactMap { $0 }.joined(separator: " "))
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(Int(a + b))" height="20" role="img" aria-labelledby="t">
            <title id="t">\(title)</title>
            <rect width="\(Int(a))" height="20" rx="3" fill="#3b4650"/><rect x="\(Int(a - 4))" width="4" height="20" fill="#3b4650"/>
            <rect x="\(Int(a))" width="\(Int(b))" height="20" rx="3" fill="\(colour)"/><rect x="\(Int(a))" width="4" height="20" fill="\(colour)"/>
            <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
            <text x="7" y="14" textLength="\(Int(widths[0]))">\(Self.left)</text>
            <text x="\(Int(a + 7))" y="14" textLength="\(Int(widths[1]))">\(HTML.escape(text))</text>
            </g>
            </svg>

            """
    }

    private var colour: String {
        switch judged.grade {
        case .supported: "#2f6f4e"
        case .leaning: "#4d7d5f"
        case .undecided: "#64707b"
        case .contradicted: "#a33b2a"
        case .notTestable: "#7a6f5a"
        }
    }
}
