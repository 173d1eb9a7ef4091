import Foundation
public import Inference
import Statistics

/// The tests of ``StudyTest`` on region values: the largest statistic over regions corrects for their number.
public struct RegionTest: Sendable {
    /// What was found in one region.
    public struct Finding: Hashable, Sendable {
        public let region: String
        /// Values there.
        public let count: Int
        /// cβ̂ in the data's units, with its standard error; NaN for several combinations.
        public let effect: Double
        public let standardError: Double
        /// t (or v, or F) as compared with the rearrangements; NaN where it cannot be tested.
        public let statistic: Double
        public let degreesOfFreedom: Int
        /// By counting rearrangements: of this region alone, and corrected for all regions. Two-sided; F: one-sided.
        public let p: Double
        public let correctedP: Double
        /// g or Fisher's z with its standard error, as ``EffectMaps``; NaN where there is none.
        public let standardised: Double
        public let standardisedError: Double
    }

    public struct Options: Hashable, Sendable {
        /// In all, the data included.
        public var permutations: Int
        public var seed: UInt64
        public var statistic: StudyStatistic
        /// Fewest values in a region.
        public var minimumValues: Int

        public init(
            permutations: Int = 10_000, seed: UInt64 = 1, statistic: StudyStatistic = .classical, minimumValues: Int = 3
        ) {
            self.permutations = permutations
            self.seed = seed
            self.statistic = statistic
            self.minimumValues = minimumValues
        }
    }

    public let values: RegionValues
    public let design: StudyDesign
    public let contrast: StudyContrast
    public let options: Options

    public init(
        _ values: RegionValues, design: StudyDesign, contrast: Int = 0, options: Options = Options()
    ) throws(StudyError) {
        guard design.contrasts.indices.contains(contrast) else {
            throw .setting(
                name: "contrast", value: Double(contrast), allowed: "0 to \(design.contrasts.count - 1)")
        }
        guard options.permutations >= 1, options.permutations < 1 << 30 else {
            throw .setting(name: "permutations", value: Double(options.permutations), allowed: "at least 1")
        }
        self.values = values
        self.design = design
        self.contrast = design.contrasts[contrast]
        self.options = options
    }

    /// All regions, in the order given, and the rearrangements they were compared with.
    @_optimize(none)
    public func run(
        workers: Workers, progress: any ProgressObserver = SilentProgress()
    ) async throws -> (findings: [Finding], rearrangements: Rearrangements) {
        let rearrangements = design.rearrangements(contrast, options.permutations, seed: options.seed)
        let engine = try StudyEngine(
            values.rows, mask: nil, design: design, contrast: contrast, statistic: options.statistic,
            minimum: options.minimumValues, rearrangements: rearrangements)
        let count = rearrangements.count
        let regions = values.regions.count
        let maps = SharedArray(repeating: Float.nan, count: count * regions)
        let batch = 64
        progress.began("permutations", units: count)
        try await workers.forEach((count + batch - 1) / batch) { piece in
            let own = piece * batch..<min(count, (piece + 1) * batch)
            if let start = maps.buffer.baseAddress { engine.maps(own, into: start + own.lowerBound * regions) }
            progress.advanced(by: own.count)
        }
        progress.ended()
        let fit = try StudyFit(
            values.rows, design: design, contrast: contrast, minimum: options.minimumValues)
        let effects = EffectMaps(fit, design: design)
        let largest = (0..<count).map { number in
            (0..<regions).reduce(Float(0)) { max($0, size(maps.buffer[number * regions + $1])) }
        }
        let findings = values.regions.indices.map { region in
            let observed = maps.buffer[region]
            let alone = (0..<count).count { self.size(maps.buffer[$0 * regions + region]) >= self.size(observed) }
            let all = largest.count { $0 >= size(observed) }
            return Finding(
                region: values.regions[region], count: Int(fit.counts[region]), effect: Double(fit.effect[region]),
                standardError: Double(fit.standardError[region]),
                statistic: engine.isScore ? Double(fit.statistic[region]) : Double(observed),
                degreesOfFreedom: Int(fit.degreesOfFreedom[region]),
                p: observed.isNaN ? .nan : Double(alone) / Double(count),
                correctedP: observed.isNaN ? .nan : Double(all) / Double(count),
                standardised: effects.map { Double($0.effect[region]) } ?? .nan,
                standardisedError: effects.map { Double($0.standardError[region]) } ?? .nan)
        }
        return (findings, rearrangements)
    }

    /// Two-sided; F as it is; no value is none.
    private func size(_ value: Float) -> Float { value.isNaN ? -1 : contrast.isJoint ? value : abs(value) }
}
