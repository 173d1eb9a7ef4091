import Statistics

/// Permutations of studies, for hypotheses on covariates (Freedman & Lane 1983, doi:10.2307/1391660; Winkler et al. 2014,
/// doi:10.1016/j.neuroimage.2014.01.060).
///
/// Permutation 0 is the identity. When there are no more than asked for, all are enumerated; else each is drawn by a
/// counter-based generator, so that any of them can be made on its own.
public struct StudyPermutations: Hashable, Sendable {
    public let studies: Int
    /// How many permutations there are in the test, the identity included.
    public let count: Int
    public let isExhaustive: Bool
    private let stream: Philox

    /// - Parameter requested: permutations asked for, at least 1, the identity included.
    public init(studies: Int, requested: Int, seed: UInt64) {
        self.studies = studies
        var distinct = 1.0
        for k in 1...max(1, studies) { distinct *= Double(k) }
        isExhaustive = distinct <= Double(requested)
        count = isExhaustive ? Int(distinct) : max(1, requested)
        stream = Philox(seed: seed, name: "studies", purpose: 4)
    }

    /// Where each study's residual comes from.
    public func order(_ permutation: Int) -> [Int32] {
        var order = (0..<Int32(studies)).map { $0 }
        if isExhaustive {
            // The permutation's digits in the factorial number system.
            var rest = permutation
            var left = order
            for place in 0..<studies {
                var ways = 1
                for k in 0..<(studies - place) where k > 0 { ways *= k }
                order[place] = left.remove(at: rest / ways)
                rest %= ways
            }
            return order
        }
        guard permutation > 0 else { return order }
        for step in 0..<max(0, studies - 1) {
            let words = stream([UInt32(permutation), UInt32(step / 2), 0, 0])
            let word =
                step % 2 == 0 ? UInt64(words.x) << 32 | UInt64(words.y) : UInt64(words.z) << 32 | UInt64(words.w)
            order.swapAt(step, step + Int(word.multipliedFullWidth(by: UInt64(studies - step)).high))
        }
        return order
    }
}
