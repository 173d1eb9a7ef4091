import Comparison
import Evidence
import Figures
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics

/// The maps of a model that can be laid over the brain, and the one to begin with.
struct ViewerOverlays {
    /// A map before it is packed, which takes nearly all of the time.
    private struct Unpacked {
        var map: QuantisedMap
        var overlay: @Sendable (ViewerPayload.Map) -> ViewerPayload.Overlay
    }

    private var unpacked: [Unpacked] = []
    /// What survives where anything does, else the statistic.
    private(set) var first = 0

    private let scale: ReportScale

    var isEmpty: Bool { unpacked.isEmpty }

    func all(_ workers: Workers) -> [ViewerPayload.Overlay] {
        workers.results(unpacked.count) { n in unpacked[n].overlay(ViewerPayload.Map(unpacked[n].map)) }
    }

    init(_ model: RunModel, scale: ReportScale) {
        self.scale = scale
        if let result = model.findings?.result { add(result) }
        if let comparison = model.comparison { add(comparison, on: model.findings?.result.maps.mask) }
    }

    private mutating func add(_ result: ModelResult) {
        let maps = result.maps
        let uncorrected = -Normal.quantile(result.settings.thresholdP)
        signed(
            "z", "Pooled effect divided by its standard error", "z", maps.z, start: uncorrected, end: scale.effects,
            marks: [mark(uncorrected, "uncorrected p < \(NumberText.shortest(result.settings.thresholdP))")])
        addCorrected(result)
        let isCorrelation = result.measure == .correlation
        let units = isCorrelation ? "correlation coefficient" : "standardised mean difference"
        let effect = isCorrelation ? maps.g.map { Float(FisherZ.r(fromZ: Double($0))) } : maps.g
        signed(result.measure.symbol, "Pooled effect", units, effect, start: 0.2)
        if let shrunken = result.posterior?.shrunken {
            signed("best guess", "How large, at our best guess; not for tests", units, shrunken.g, start: 0.1)
        }
        positive("τ²", "Between-study variance", "squared effect", maps.tau2)
        positive("fmi", "Fraction of missing information: how much rests on what was imputed", "share", maps.fmi)
    }

    private mutating func addCorrected(_ result: ModelResult) {
        guard let words = PermutationWords(result) else { return }
        let (up, down) = (words.test.map(words.statistic, .positive).p, words.test.map(words.statistic, .negative).p)
        // A tail without anything has p = 1.
        let p = zip(up, down).map { up, down in up.isNaN || down.isNaN ? Float.nan : up <= down ? up : -down }
        let level = result.settings.correctedP
        if p.contains(where: { abs($0) <= Float(level) }) { first = unpacked.count }
        // Multiples of one over the permutations, so that nothing is lost where 16 bits can count them.
        let map = QuantisedMap(p, step: 1 / Double(words.test.permutations))
        let mark = mark(-log10(level), "p(FWE) = \(words.level)")
        let largest = -log10(words.test.smallestP)
        let statistic = words.statistic.words
        unpacked.append(
            Unpacked(map: map) { packed in
                ViewerPayload.Overlay(
                    name: "corrected p",
                    description: "FWE-corrected p (\(statistic)) of the likelier direction, coloured by −log₁₀ p",
                    units: "probability", kind: .corrected, largest: largest, end: largest, start: -log10(level),
                    marks: [mark], error: map.error, map: packed)
            })
    }

    private mutating func add(_ comparison: ModelComparison, on mask: Mask?) {
        for result in comparison.results where mask == nil || result.mask == mask {
            let uncorrected = -Normal.quantile(comparison.settings.thresholdP)
            let marks = [mark(uncorrected, "uncorrected p < \(NumberText.shortest(comparison.settings.thresholdP))")]
            let values = result.direction == .negative ? result.z.map { -$0 } : result.z
            let name = "z, \(result.title)"
            if result.direction == .all {
                positive(
                    name, "Where foci converge", "z", values, start: uncorrected, end: scale.convergence, marks: marks)
            } else {
                signed(
                    name, "Statistic of the method", "z", values, start: uncorrected, end: scale.convergence,
                    marks: marks)
            }
        }
        guard let agreement = comparison.agreement, let mask, agreement.grid == mask.grid else { return }
        positive(
            "methods that agree", "In how many methods' results the voxel survives", "methods",
            mask.voxels.map { agreement.count[Int($0)] }, start: 1, step: 1)
    }

    private func mark(_ value: Double, _ label: String) -> ViewerPayload.Mark { .init(value: value, label: label) }

    private mutating func signed(
        _ name: String, _ description: String, _ units: String, _ values: [Float], start: Double,
        end: Double? = nil, marks: [ViewerPayload.Mark] = []
    ) { add(.signed, name, description, units, QuantisedMap(values), start: start, end: end, marks: marks) }

    private mutating func positive(
        _ name: String, _ description: String, _ units: String, _ values: [Float], start: Double = 0,
        end: Double? = nil, marks: [ViewerPayload.Mark] = [], step: Double? = nil
    ) {
        add(.positive, name, description, units, QuantisedMap(values, step: step), start: start, end: end, marks: marks)
    }

    /// Where nothing reaches the threshold, the strongest parts are shown at first: this share of the largest value and more.
    private static let faint = 0.6

    /// A map without values, or of zeros alone, is left out.
    private mutating func add(
        _ kind: ViewerPayload.Overlay.Kind, _ name: String, _ description: String, _ units: String, _ map: QuantisedMap,
        start: Double, end: Double?, marks: [ViewerPayload.Mark]
    ) {
        guard map.largest > 0 else { return }
        unpacked.append(
            Unpacked(map: map) { packed in
                ViewerPayload.Overlay(
                    name: name, description: description, units: units, kind: kind, largest: map.largest,
                    end: max(end ?? 0, map.largest), start: start < map.largest ? start : Self.faint * map.largest,
                    marks: marks, error: map.error, map: packed)
            })
    }
}
