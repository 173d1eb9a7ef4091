import Statistics

/// Permutations of studies, for hypotheses on covariates (Freedman & Lane 1983, doi:10.2307/1391660; Winkler et al. 2014,
/// doi:10.1016/j.neuroimage.2014.01.060).
///
/// Studies change places only within their stratum, if there are strata: those of different size are exchangeable only as far
/// as the model of their variances is right. Permutation 0 is the identity. When there are no more than asked for, all are
/// enumerated; else each is drawn by a counter-based generator, so that any of them can be made on its own.
public struct StudyPermutations: Hashable, Sendable {
    public let studies: Int
    /// How many permutations there are in the test, the identity included.
    public let count: Int
    public let isExhaustive: Bool
    /// The studies that change places with one another, ascending.
    public let strata: [[Int]]
    private let stream: Philox

    /// - Parameters:
    ///   - strata: the stratum of every study; nil for one.
    ///   - requested: permutations asked for, at least 1, the identity included.
    public init(studies: Int, strata: [Int]? = nil, requested: Int, seed: UInt64) {
        self.studies = studies
        let all = Array(0..<studies)
        if let strata, strata.count == studies {
            self.strata = Set(strata).sorted().map { stratum in all.filter { strata[$0] == stratum } }
        } else {
            self.strata = [all]
        }
        var distinct = 1.0
        for stratum in self.strata { for k in 1...max(1, stratum.count) { distinct *= Double(k) } }
        isExhaustive = distinct <= Double(requested)
        count = isExhaustive ? Int(distinct) : max(1, requested)
        stream = Philox(seed: seed, name: "studies", purpose: 4)
    }

    /// Strata of about five studies of like size, for ``init(studies:strata:requested:seed:)``; nil where all have one size.
    ///
    /// Studies of one size are in one stratum, however many they are: which of them are together may not depend on the order of a table,
    /// which is often that of a covariate.
    /// - Parameter sizes: participants of every study.
    public static func strata(bySize sizes: [Int]) -> [Int]? {
        guard Set(sizes).count > 1 else { return nil }
        let groups = max(1, sizes.count / 5)
        let ranked = sizes.sorted()
        // Twice the mean rank of all studies of a size, from 0.
        var ranks: [Int: Int] = [:]
        var first = 0
        for rank in ranked.indices where rank + 1 == ranked.count || ranked[rank + 1] != ranked[rank] {
            ranks[ranked[rank]] = first + rank
            first = rank + 1
        }
        return sizes.map { (ranks[$0] ?? 0) * groups / (2 * sizes.count) }
    }

    /// Where each study's residual comes from.
    public func order(_ permutation: Int) -> [Int32] {
        var order = (0..<Int32(studies)).map { $0 }
        if isExhaustive {
            // The permutation's digits, one number for every stratum, each in the factorial number system.
            var rest = permutation
            for stratum in strata {
                var ways = 1
                for k in 1...max(1, stratum.count) { ways *= k }
                var own = rest % ways
                rest /= ways
                var left = stratum
                for (place, study) in stratum.enumerated() {
                    var others = 1
                    for k in 0..<(stratum.count - place) where k > 0 { others *= k }
                    order[study] = Int32(left.remove(at: own / others))
                    own %= others
                }
            }
            return order
        }
        guard permutation > 0 else { return order }
        var step = 0
        for stratum in strata {
            for place in 0..<max(0, stratum.count - 1) {
                let words = stream([UInt32(permutation), UInt32(step / 2), 0, 0])
                let word =
                    step % 2 == 0
                    ? UInt64(words.x) << 32 | UInt64(words.y) : UInt64(words.z) << 32 | UInt64(words.w)
                let other = place + Int(word.multipliedFullWidth(by: UInt64(stratum.count - place)).high)
                order.swapAt(stratum[place], stratum[other])
                step += 1
            }
        }
        return order
    }
}
