import Statistics

/// How many of the rearrangements made cannot be told from the data, whatever the values are: none of them can be left behind,
/// so that no p can be below their share.
///
/// The mirror image of all signs; of two equal groups the exchange of both; of a score that is symmetric about its mean the
/// reverse order; of several sessions every new naming of the sessions, alike in all people. Found by looking, not by a list of such
/// designs: a rearrangement P leaves t or F as it is for all values if P'A spans what A spans and P'N what N spans (A, N as
/// ``StudyEngine`` has them; of unequal variances the groups have to stay together too). It turns t round if P'A = −A.
struct AlikeRearrangements: Hashable, Sendable {
    /// With the data's own value, the data among them: of a t tested to one side, of an F.
    let same: Int
    /// With that value or its mirror image: of both sides.
    let eitherSide: Int

    /// The smallest corrected p that can come out of `count` rearrangements.
    func smallestP(_ side: StudyInference.Side, of count: Int) -> Double {
        Double(side == .both ? eitherSide : same) / Double(max(1, count))
    }

    /// Beyond this many looks one is not worth its time: no claim is made but for the data themselves.
    private static let mostLooks = 4_000_000

    /// Of the voxels where fewest are alike.
    init(_ engine: StudyEngine, varianceGroups: [Int]?) {
        let rearrangements = engine.rearrangements
        guard engine.bags.count * rearrangements.count <= Self.mostLooks else {
            (same, eitherSide) = (1, rearrangements.mirror(of: 0) == nil || engine.combinations > 1 ? 1 : 2)
            return
        }
        var least: (same: Int, either: Int)?
        let usesGroups = engine.statistic == .unequalVariances
        for bag in engine.bags {
            let found = Self.count(
                bag, rearrangements, engine.nuisance, groups: usesGroups ? varianceGroups : nil)
            least = (min(least?.same ?? .max, found.same), min(least?.either ?? .max, found.either))
        }
        same = least?.same ?? 1
        eitherSide = least?.either ?? 1
    }

    private static func count(
        _ bag: StudyBag, _ rearrangements: Rearrangements, _ nuisance: ExchangeScheme.Nuisance, groups: [Int]?
    ) -> (same: Int, either: Int) {
        if bag.meanWeight != nil {
            // Which rows are missing differs over the voxels. Of all flips those of missing rows say nothing.
            if rearrangements.isExhaustive {
                let same = 1 << (bag.rows.count - bag.present)
                return (same, 2 * same)
            }
            var (same, mirrored) = (0, 0)
            for number in 0..<rearrangements.count {
                let flipped = rearrangements.flips(number).count { $0 }
                same += flipped == 0 ? 1 : 0
                mirrored += flipped == rearrangements.rows ? 1 : 0
            }
            return (same, same + mirrored)
        }
        let size = bag.rows.count
        var places = [Int](repeating: -1, count: rearrangements.rows)
        for (place, row) in bag.rows.enumerated() { places[row] = place }
        let labels = groups.map { groups in bag.rows.map { groups[$0] } }
        var (same, mirrored) = (0, 0)
        for number in 0..<rearrangements.count {
            let (sources, signs) = rearrangements.arrangement(number, places: places, size: size)
            if let labels, !staysTogether(labels, sources) { continue }
            switch turn(bag.space, nuisance, sources, signs) {
            case 1: same += 1
            case -1: mirrored += 1
            default: continue
            }
        }
        return (same, same + mirrored)
    }

    /// 1: the same statistic for all values; −1: its mirror image; 0: another.
    private static func turn(
        _ space: TestedSpace, _ nuisance: ExchangeScheme.Nuisance, _ sources: [Int], _ signs: [Bool]
    ) -> Int {
        /// P'v.
        func moved(_ v: [Double]) -> [Double] {
            var result = v
            for row in v.indices { result[sources[row]] = signs[row] ? -v[row] : v[row] }
            return result
        }
        /// Whether orthonormal vectors span the same as others, as many.
        func spansAlike(_ basis: [[Double]], _ other: [[Double]]) -> Bool {
            let square = other.reduce(0.0) { sum, b in basis.reduce(sum) { $0 + dot($1, b) * dot($1, b) } }
            return abs(square - Double(basis.count)) < 1e-10
        }
        if nuisance == .draperStoneman {
            let columns = space.effects.map { column in
                sources.indices.map { signs[$0] ? -column[sources[$0]] : column[sources[$0]] }
            }
            guard let basis = TestedSpace.orthonormal(columns, without: space.nuisance), spansAlike(space.tested, basis)
            else { return 0 }
            return basis.count == 1 && dot(space.tested[0], basis[0]) < 0 ? -1 : 1
        }
        let tested = space.tested.map(moved)
        guard spansAlike(space.tested, tested), spansAlike(space.nuisance, space.nuisance.map(moved)) else { return 0 }
        return tested.count == 1 && dot(space.tested[0], tested[0]) < 0 ? -1 : 1
    }

    /// Whether rows of one group get the data of one group.
    private static func staysTogether(_ labels: [Int], _ sources: [Int]) -> Bool {
        var partner: [Int: Int] = [:]
        for (row, source) in sources.enumerated() {
            if let known = partner[labels[row]] {
                if known != labels[source] { return false }
            } else {
                partner[labels[row]] = labels[source]
            }
        }
        return Set(partner.values).count == partner.count
    }
}
