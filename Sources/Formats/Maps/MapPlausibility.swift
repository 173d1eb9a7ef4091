public import Evidence
import Foundation
public import Statistics

/// Whether the values of a map can be those of the statistic it is said to hold.
///
/// Refused is only what no such map can be; what is merely odd is a notice. Judged over the map's voxels in the analysis mask.
public struct MapPlausibility: Sendable {
    let statistic: MapStatistic
    /// The design behind the statistic; nil where nobody said the sample size.
    let scale: EffectScale?
    let path: String
    let source: SourceLocation

    public init(_ statistic: MapStatistic, scale: EffectScale?, path: String, at source: SourceLocation? = nil) {
        self.statistic = statistic
        self.scale = scale
        self.path = path
        self.source = source ?? SourceLocation(file: path)
    }

    private var subject: String { MapWords.subject(path, at: source) }

    /// Fewer values than these, or less brain (mm³: a tenth of one), have no shape: a small region may be all of one sign.
    static let fewestValues = 200
    static let leastVolume = 1e5
    /// A share of the mask that one and the same value does not fill by chance ...
    static let backgroundShare = 0.05
    /// ... nor by coarse steps, where its neighbours would be about as common.
    static let backgroundExcess = 10
    /// Statistics of a continuous scale have more different values than this, even in 8 bits.
    static let fewestDistinct = 20
    /// Least share of the mask with values that a whole map is expected to have.
    static let wholeShare = 0.8
    /// Thresholds are above this |t|; without one some of hundreds of values are below.
    static let leastThreshold = 1.0

    /// - Parameter isMap: whether it is to stand for a whole map; else a thresholded one is as good (`cuneus image peaks`).
    /// - Returns: what is odd.
    /// - Throws: for what cannot be such a map.
    public func check(_ values: MapValues, isMap: Bool = true) throws(InputError) -> [Notice] {
        try values.checkFinite(path, at: source)
        guard !values.values.isEmpty else { return [] }
        let isBrain = values.maskVolume >= Self.leastVolume
        let hasShape = isBrain && values.values.count >= Self.fewestValues
        if hasShape {
            try checkBackground(values)
            try checkScale(values)
        }
        try checkRange(values)
        guard isMap else { return [] }
        // Of a high threshold few values are left, and they say it none the less.
        if isBrain, values.voxelCount >= Self.fewestValues { try checkThreshold(values) }
        return hasShape ? oneSign(values) : []
    }

    // MARK: - Rules

    /// One value that fills much of the mask stands for "nothing here".
    private func checkBackground(_ values: MapValues) throws(InputError) {
        let commonest = values.commonest
        let share = Double(commonest.count) / Double(max(values.voxelCount, 1))
        guard commonest.distinct > 1, share > Self.backgroundShare,
            commonest.count > Self.backgroundExcess * commonest.next
        else { return }
        throw InputError(
            at: source,
            "\(subject) is exactly \(MapWords.number(commonest.value)) at \(MapWords.percent(share)) of the mask's voxels: a background, not data.",
            remedy: "Write NaN or 0 where there is no data.")
    }

    /// Masks, labels, p values and raw images, which are on other scales than statistics.
    private func checkScale(_ values: MapValues) throws(InputError) {
        guard isTest || statistic == .g || statistic == .r else { return }
        let range = "\(MapWords.number(values.values.first ?? 0)) to \(MapWords.number(values.values.last ?? 0))"
        if values.values.allSatisfy({ $0 == $0.rounded() }) {
            if values.isUnscaledInteger, values.largest > 100 {
                throw InputError(
                    at: source,
                    "\(subject) holds whole numbers only (\(range)), stored as integers without scl_slope: their scale is lost.",
                    remedy: "Export it again as floating point, or with its scl_slope.")
            }
            throw InputError(
                at: source,
                "\(subject) holds whole numbers only (\(range)): a mask or labels, not a map of \(statistic.name).",
                remedy: "Give the map of the statistic itself.")
        }
        let distinct = values.commonest.distinct
        if distinct <= Self.fewestDistinct {
            throw InputError(
                at: source,
                "\(subject) has \(distinct) different value\(distinct == 1 ? "" : "s") only: a mask or labels, not a map of \(statistic.name).",
                remedy: "Give the map of the statistic itself.")
        }
        guard isTest, let least = values.values.first else { return }
        if least >= 0, values.largest <= 1 {
            throw InputError(
                at: source,
                "all values of \(subject) are within 0 and 1 (\(range)): p or 1 - p, not \(statistic.name).",
                remedy: "Convert it (cuneus image convert --from p), or give the map of \(statistic.name).")
        }
        // Signals are positive everywhere and far from 0 at most voxels; a test as strong throughout is of thousands of people.
        let people = scale.map { 1 / $0.constantVariance } ?? 0
        if least > 0, Double(values.median) > max(20, people.squareRoot()) {
            throw InputError(
                at: source,
                "all values of \(subject) are above 0, most above \(MapWords.number(values.median)) (\(range)): a raw image (BOLD, or scaled to percent of its mean), not \(statistic.name).",
                remedy: "Give the statistic of the contrast across participants.")
        }
    }

    private func checkRange(_ values: MapValues) throws(InputError) {
        let limit = largestPossible
        guard limit.isFinite, Double(values.largest) > limit else { return }
        let found = values.values.first.map { abs($0) == values.largest ? $0 : values.largest } ?? 0
        let stored =
            values.isUnscaledInteger ? " It is stored as integers without scl_slope: perhaps their scale is lost." : ""
        throw InputError(
            at: source,
            "\(subject) has \(statistic == .r ? "an" : "a") \(statistic.name) of \(MapWords.number(found)); \(limitWords(limit)).\(stored)",
            remedy: "Check what it holds, and the sample size; where there is no data, write NaN or 0.")
    }

    /// A gap around 0 in much of the mask: values below a threshold were cut away, which is not the same as no data.
    private func checkThreshold(_ values: MapValues) throws(InputError) {
        guard values.share < Self.wholeShare else { return }
        let smallest = values.smallest
        guard Double(smallest) >= leastGap else { return }
        throw InputError(
            at: source,
            "\(subject) looks thresholded at \(MapWords.number(smallest)): \(MapWords.percent(values.share)) of the mask's voxels have values, none closer to 0. What was cut away is not missing.",
            remedy:
                "Give the map without threshold; or \(peaksWords(smallest))."
        )
    }

    /// How to get what a thresholded map is worth.
    private func peaksWords(_ threshold: Float) -> String {
        guard isTest else { return "its peaks, with the threshold (as a t) as t_thr" }
        let option = statistic == .z ? " --statistic z" : ""
        return
            "its peaks (cuneus image peaks \(path) --threshold \(MapWords.number(threshold))\(option) --experiment NAME) "
            + "with that threshold\(statistic == .z ? ", as a t," : "") as t_thr"
    }

    private func oneSign(_ values: MapValues) -> [Notice] {
        guard statistic != .estimate, let least = values.values.first, let most = values.values.last,
            least > 0 || most < 0
        else { return [] }
        return [
            Notice(
                .note, code: "map-one-sign", at: source,
                "all values of \(subject) are \(least > 0 ? "above" : "below") 0.",
                remedy: "If it is a map of one direction only (F, or one tail), give the one of both.")
        ]
    }

    // MARK: - Scales

    private var isTest: Bool { statistic == .t || statistic == .z }

    /// |t| of a mean 20 standard deviations from 0; where chance alone goes further (few participants), ten times what it
    /// reaches once in 10⁹ voxels.
    private static func largestT(_ scale: EffectScale) -> Double {
        let chance = StudentT(degreesOfFreedom: scale.degreesOfFreedom).quantile(upperTail: 1e-9)
        return max(20 / scale.constantVariance.squareRoot(), 10 * chance)
    }

    /// |z| of the smallest p that a double holds.
    private static let largestZ = 38.5

    /// The size that no map's statistic exceeds; infinite where there is no such size.
    var largestPossible: Double {
        switch statistic {
        case .t: return scale.map(Self.largestT) ?? .infinity
        case .z:
            guard let scale else { return Self.largestZ }
            // √(df ln(1 + t²/df)) is above the z of a t, closely (Wallace 1959).
            let (t, df) = (Self.largestT(scale), scale.degreesOfFreedom)
            return max(Self.largestZ, (df * log1p(t * t / df)).squareRoot())
        case .r: return 1
        case .p: return 1
        case .d, .g, .logP, .estimate: return .infinity
        }
    }

    private func limitWords(_ limit: Double) -> String {
        switch statistic {
        case .r: "a correlation is within -1 and 1"
        case .p: "a p is within 0 and 1"
        default:
            scale.map { "beyond \(MapWords.number(limit)) none is possible with \($0.n1 + $0.n2) participants" }
                ?? "beyond \(MapWords.number(limit)) none is possible"
        }
    }

    /// ``leastThreshold`` on the statistic's own scale; infinite where the scale has no thresholds.
    private var leastGap: Double {
        switch statistic {
        case .t, .z: Self.leastThreshold
        case .g: scale.map { abs($0.g(fromT: Self.leastThreshold)) } ?? .infinity
        case .r: scale.map { FisherZ.r(fromT: Self.leastThreshold, degreesOfFreedom: $0.degreesOfFreedom) } ?? .infinity
        case .p, .logP, .d, .estimate: .infinity
        }
    }
}
