import Evidence

/// Whether a region lies on the side that its name says: a swapped sign of x moves it to the other hemisphere, and nobody sees it.
enum RegionSide {
    private enum Side: String { case left, right }

    /// A warning for a region called left of which no part is on the left, and the other way round.
    static func notice(_ name: String, _ extent: RegionHypothesis.Extent?, at source: SourceLocation?) -> Notice? {
        guard let said = said(name), let extent, let lies = side(of: extent), lies != said else { return nil }
        return Notice(
            .warning, code: "region-side", at: source,
            "region \"\(name)\" lies on the \(lies.rawValue): \(words(extent)).",
            remedy: "x is negative on the left. Correct the coordinate or label, or the name.")
    }

    /// The side of a name, where it says one: a word of its own, such as in *left amygdala*, *Insula_R* and *lh_dlPFC*.
    private static func said(_ name: String) -> Side? {
        let words = Set(name.lowercased().split { !$0.isLetter }.map(String.init))
        let isLeft = !words.isDisjoint(with: ["left", "l", "lh"])
        let isRight = !words.isDisjoint(with: ["right", "r", "rh"])
        guard isLeft != isRight else { return nil }
        return isLeft ? .left : .right
    }

    /// The one side that all of it is on.
    private static func side(of extent: RegionHypothesis.Extent) -> Side? {
        switch extent {
        case .spheres(let centres, _):
            if centres.allSatisfy({ $0.x < 0 }) { return .left }
            return centres.allSatisfy { $0.x > 0 } ? .right : nil
        case .atlas(_, let labels):
            let sides = Set(labels.map { said($0.text) })
            return sides.count == 1 ? sides.first ?? nil : nil
        case .mask: return nil
        }
    }

    private static func words(_ extent: RegionHypothesis.Extent) -> String {
        switch extent {
        case .spheres(let centres, _): "x is \(centres.map { NumberText.text($0.x) }.joined(separator: ", "))"
        case .atlas(let name, let labels): "\(labels.map(\.text).joined(separator: ", ")) of \(name)"
        case .mask(let path): path
        }
    }
}
