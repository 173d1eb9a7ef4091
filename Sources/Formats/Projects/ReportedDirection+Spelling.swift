import Evidence

extension ReportedDirection {
    /// Name of the column.
    static let column = "direction"

    /// Reads the words people use; letter case, blanks, `-` and `_` do not matter.
    ///
    /// A lone `-`, `n` or `p` is refused: it may as well stand for what is missing, or for no.
    init?(spelling: String) {
        switch String(spelling.lowercased().filter { !" -_".contains($0) }) {
        case "both", "twosided", "twotailed", "bothdirections": self = .both
        case "increases", "increase", "increased", "positive", "pos", "up", "activation", "activations":
            self = .increases
        case "decreases", "decrease", "decreased", "negative", "neg", "down", "deactivation", "deactivations":
            self = .decreases
        default: return nil
        }
    }

    /// - Throws: for a word that is not one of a direction.
    static func read(_ text: String, at source: SourceLocation) throws(InputError) -> ReportedDirection {
        if let direction = ReportedDirection(spelling: text) { return direction }
        throw InputError(
            at: source, "\(column) is \"\(text)\"; both, increases or decreases was expected.",
            remedy: Nearest.match(text, among: allCases.map(\.rawValue)).map { "Did you mean \"\($0)\"?" }
                ?? "Write what the paper's table was to show, or leave the cell empty; rename the column if it is a "
                + "covariate of your own.")
    }
}
