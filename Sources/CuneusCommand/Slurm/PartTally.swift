/// How many parts are in which state.
struct PartTally {
    var parts = 0
    var done = 0
    var begun = 0
    var missing = 0
    var damaged = 0
    var permutations = 0
    /// Of all parts; nil before the first has begun.
    var total: Int?

    init(_ parts: [PartFolder.Part]) {
        self.parts = parts.count
        for part in parts {
            switch part.found.state {
            case .complete: done += 1
            case .begun: begun += 1
            case .missing: missing += 1
            case .damaged: damaged += 1
            }
            permutations += part.found.done
        }
        total = parts.lazy.compactMap(\.found.total).first
    }

    var text: String {
        var words = ["\(done) of \(parts) part\(parts == 1 ? "" : "s") done"]
        if begun > 0 { words.append("\(begun) begun") }
        if missing > 0 { words.append("\(missing) missing") }
        if damaged > 0 { words.append("\(damaged) damaged") }
        if let total { words.append("\(permutations) of \(total) permutations") }
        return words.joined(separator: ", ")
    }
}
