/// The known word a mistyped one was probably meant to be.
package enum Nearest {
    /// The candidate with the fewest edits to `word`, when that is near enough to be a slip; letter case is ignored.
    package static func match(_ word: String, among candidates: [String]) -> String? {
        let target = Array(word.lowercased())
        var best: (word: String, distance: Int)?
        for candidate in candidates {
            let distance = edits(target, Array(candidate.lowercased()))
            if distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        guard let best, best.distance <= max(1, target.count / 3) else { return nil }
        return best.word
    }

    /// `Did you mean "x"?`, or the list of what is known when nothing is near.
    package static func suggestion(_ word: String, among candidates: [String], called kind: String) -> String {
        if let match = match(word, among: candidates) { return "Did you mean \"\(match)\"?" }
        return "Known \(kind): \(candidates.joined(separator: ", "))."
    }

    /// Levenshtein distance with neighbouring swaps counted once.
    private static func edits(_ a: [Character], _ b: [Character]) -> Int {
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var before: [Int] = []
        var previous = Array(0...b.count)
        for i in 1...a.count {
            var current = [i]
            for j in 1...b.count {
                let substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                var cost = min(substitution, previous[j] + 1, current[j - 1] + 1)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, before[j - 2] + 1) }
                current.append(cost)
            }
            before = previous
            previous = current
        }
        return previous[b.count]
    }
}
