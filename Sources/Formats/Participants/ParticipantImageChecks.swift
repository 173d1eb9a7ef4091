import Evidence
import Imaging

/// Whether the images of a study are of one kind: in one place, in one unit, with one sign, and not mirrored.
///
/// Refused is what cannot be (an image with values in hardly any of the brain, one in units a hundred times the others'); warned
/// is what is likely wrong.
struct ParticipantImageChecks {
    let rows: [ParticipantTable.Row]
    /// By row, one value per mask voxel.
    let values: [[Float]]
    let facts: [ParticipantImages.Facts]
    /// By row, where it was looked at, whether its image lies better in the brain when turned (``turned(_:path:in:at:)``).
    let turnedNotices: [Notice?]
    let mask: Mask
    let intents: [Intent]
    /// Whether the mask is the whole brain, of which an image should have most; nil for smaller masks.
    let isBrain: Bool?

    /// Below this share of the brain an image is not where it should be; below the other it is told of.
    private static let leastCoverage = 0.3
    private static let expectedCoverage = 0.8
    /// Spreads that differ more are of other units: percent and fractions are 100 apart.
    private static let refusedRatio = 30.0
    private static let warnedRatio = 5.0
    /// An image that is this unlike the mean of the others, and as much more alike when turned.
    private static let warnedCorrelation = -0.35
    private static let mirrorGain = 0.15

    func notices() throws(InputError) -> [Notice] {
        var errors = ErrorCollector()
        var notices: [Notice] = []
        for (n, fact) in facts.enumerated() {
            errors.attempt { () throws(InputError) in notices += try coverage(fact, at: rows[n].source) }
        }
        notices += kinds
        errors.attempt { () throws(InputError) in notices += try units() }
        try errors.finish()
        notices += turned
        return notices
    }

    private func coverage(
        _ fact: ParticipantImages.Facts, at place: SourceLocation
    ) throws(InputError) -> [Notice] {
        let found = "\(fact.path) has values in \(MapWords.percent(fact.coverage)) of the mask's voxels"
        guard fact.coverage > 0, isBrain == nil || fact.coverage >= Self.leastCoverage else {
            throw InputError(
                at: place, "\(found): it is not in MNI space, or no whole brain.",
                remedy: "Normalise it to MNI space, check its header's position (sform, qform), or give --mask.")
        }
        guard fact.coverage < Self.expectedCoverage else { return [] }
        return [
            Notice(
                .warning, code: "image-coverage", at: place, "\(found); elsewhere the person does not count.",
                remedy: "Check that it covers the brain. The map of n shows how many people count where.")
        ]
    }

    /// Statistics and estimates together.
    private var kinds: [Notice] {
        let codes = Set(intents.map(\.code))
        guard codes.count > 1 else {
            guard let code = codes.first, code == Intent.zScoreCode || MapStatistic.statisticCodes.contains(code),
                let place = rows.first?.source
            else { return [] }
            return [
                Notice(
                    .note, code: "image-statistic", at: place,
                    "the images say that they hold \(code == Intent.zScoreCode ? "z" : "t") values of each person: people who were measured with less noise then weigh more.",
                    remedy: "Contrast estimates (con, cope, effect) are the usual choice.")
            ]
        }
        let odd = Self.odd(intents.map(\.code))
        return odd.map { n in
            Notice(
                .warning, code: "image-kind", at: rows[n].source,
                "\(facts[n].path) says that it holds another kind of value (intent code \(intents[n].code)) than most images.",
                remedy: "Give the same map of every person: contrast estimates, or t, not both.")
        }
    }

    /// Positions of what differs from the commonest value.
    private static func odd(_ values: [Int]) -> [Int] {
        var counts: [Int: Int] = [:]
        for value in values { counts[value, default: 0] += 1 }
        let commonest = counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key
        return values.indices.filter { values[$0] != commonest }
    }

    private func units() throws(InputError) -> [Notice] {
        let spreads = facts.map(\.spread).filter { $0 > 0 }.sorted()
        guard spreads.count > 2 else { return [] }
        let usual = spreads[spreads.count / 2]
        var errors = ErrorCollector()
        var notices: [Notice] = []
        for (n, fact) in facts.enumerated() {
            guard fact.spread > 0 else {
                errors.add(
                    InputError(
                        at: rows[n].source, "\(fact.path) has the same value at most voxels.",
                        remedy: "It is a mask or empty; give the person's contrast map."))
                continue
            }
            let ratio = max(fact.spread / usual, usual / fact.spread)
            let way = fact.spread > usual ? "wider" : "narrower"
            let found =
                "the values of \(fact.path) are spread \(MapWords.number(ratio)) times \(way) than those of most images"
            if ratio >= Self.refusedRatio {
                errors.add(
                    InputError(
                        at: rows[n].source, "\(found): it is in other units.",
                        remedy:
                            "Bring all images to one unit (percent signal change, or arbitrary units of one scaling)."))
            } else if ratio >= Self.warnedRatio {
                notices.append(
                    Notice(
                        .warning, code: "image-units", at: rows[n].source, "\(found).",
                        remedy: "Check its units and scaling; one such person can make or hide a mean."))
            }
        }
        try errors.finish()
        return notices
    }

    /// Images that look like the others with the sign or a side changed.
    private var turned: [Notice] {
        var notices: [Notice] = []
        notices += turnedNotices.compactMap { $0 }
        guard rows.count >= 5 else { return notices }
        let mirror = mirrored()
        // Differences within a person would hide what all images have in common; the images themselves show it.
        var sum = [Double](repeating: 0, count: mask.count)
        var count = [Double](repeating: 0, count: mask.count)
        for row in values {
            for voxel in row.indices where !row[voxel].isNaN {
                sum[voxel] += Double(row[voxel])
                count[voxel] += 1
            }
        }
        for n in values.indices {
            let row = values[n]
            let others = row.indices.map { voxel -> Float in
                let own = row[voxel].isNaN ? (0.0, 0.0) : (Double(row[voxel]), 1.0)
                let rest = count[voxel] - own.1
                return rest >= 2 ? Float((sum[voxel] - own.0) / rest) : .nan
            }
            let plain = Self.correlation(row, others)
            let flipped = Self.correlation(mirror.map { $0 < 0 ? .nan : row[Int($0)] }, others)
            if plain < Self.warnedCorrelation {
                notices.append(
                    Notice(
                        .warning, code: "image-sign", at: rows[n].source,
                        "\(facts[n].path) is nearly the others' mean with its sign turned (r = \(MapWords.number(plain)) over voxels).",
                        remedy: "Check the order of the contrast (A − B or B − A) for this person."))
            } else if flipped > plain + Self.mirrorGain, flipped > 0.3 {
                notices.append(
                    Notice(
                        .warning, code: "image-mirrored", at: rows[n].source,
                        "\(facts[n].path) is more like the others with left and right swapped (r = \(MapWords.number(flipped)) in place of \(MapWords.number(plain))).",
                        remedy: "Check whether its left is the person's left (radiological and neurological storage)."))
            }
        }
        return notices
    }

    /// By mask voxel, that of the place on the other side; −1 where there is none.
    private func mirrored() -> [Int32] {
        (0..<mask.count).map { position in
            var place = mask.world(at: position)
            place.x = -place.x
            guard let voxel = mask.grid.nearestVoxel(to: place) else { return -1 }
            return mask.position[mask.grid.index(voxel)]
        }
    }

    /// Whether the stored values overlap the brain better with an axis turned about the image's own middle: a wrong sign in the header.
    ///
    /// - Parameter volume: as it was stored.
    static func turned(_ volume: Volume, path: String, in mask: Mask, at place: SourceLocation) -> Notice? {
        let shape = volume.grid.shape
        func inside(_ turn: Int?) -> (inside: Int, all: Int) {
            var (inside, all) = (0, 0)
            for k in stride(from: 0, to: shape.z, by: 2) {
                for j in stride(from: 0, to: shape.y, by: 2) {
                    for i in stride(from: 0, to: shape.x, by: 2) {
                        let value = volume[[i, j, k]]
                        guard !value.isNaN, value != 0 else { continue }
                        var voxel: SIMD3<Int> = [i, j, k]
                        if let turn { voxel[turn] = shape[turn] - 1 - voxel[turn] }
                        all += 1
                        if let at = mask.grid.nearestVoxel(to: volume.grid.world(voxel)), mask.contains(at) {
                            inside += 1
                        }
                    }
                }
            }
            return (inside, all)
        }
        let plain = inside(nil)
        // Maps without a background of their own fill the box, and every turn of it is the same.
        guard plain.all > 100, Double(plain.all) < 0.7 * Double(shape.x * shape.y * shape.z) / 8 else { return nil }
        for (axis, words) in ["left and right", "front and back", "top and bottom"].enumerated() {
            let turned = inside(axis)
            guard Double(turned.inside - plain.inside) > 0.03 * Double(plain.all) else { continue }
            let shares = [plain, turned].map { MapWords.percent(Double($0.inside) / Double($0.all)) }
            return Notice(
                .warning, code: "image-turned", at: place,
                "\(path) fits the brain better with \(words) swapped (\(shares[1]) of its voxels inside, in place of \(shares[0])).",
                remedy: "Check its header (sform, qform) and how it was converted.")
        }
        return nil
    }

    private static func correlation(_ a: [Float], _ b: [Float]) -> Double {
        var (n, sa, sb, saa, sbb, sab) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for voxel in a.indices where !a[voxel].isNaN && !b[voxel].isNaN {
            let (x, y) = (Double(a[voxel]), Double(b[voxel]))
            n += 1
            sa += x
            sb += y
            saa += x * x
            sbb += y * y
            sab += x * y
        }
        guard n > 50 else { return 0 }
        let spread = (saa - sa * sa / n) * (sbb - sb * sb / n)
        return spread > 0 ? (sab - sa * sb / n) / spread.squareRoot() : 0
    }
}
