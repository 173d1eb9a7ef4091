import Foundation
public import Imaging
public import Inference
import Statistics

/// A permutation test of one contrast of a study over the whole mask.
///
/// ``run(workers:progress:)`` does all; ``prepare()`` gives the parts, for tests that are interrupted, shared or merged: a
/// rearrangement is a function of the seed and its number, so any range of them can be made anywhere, with the same bytes.
public struct StudyTest: Sendable {
    public struct Options: Hashable, Sendable {
        /// In all, the data as they are included. When there are no more distinct ones, all are enumerated.
        public var permutations: Int
        public var seed: UInt64
        public var statistic: StudyStatistic
        /// One-sided p (of F: the p) below which voxels form clusters; nil: no clusters.
        public var clusterP: Double?
        public var includesTFCE: Bool
        public var connectivity: Connectivity
        /// Exact is the integral; other programs take steps.
        public var tfceForm: ThresholdFreeClusterEnhancement.Form
        /// Fewest maps with a value at a voxel; nil: all but as many as a fifth, at least one more than the design's columns.
        public var minimumMaps: Int?
        /// Whether p of each voxel alone is counted as well.
        public var countsUncorrected: Bool

        public init(
            permutations: Int = 10_000, seed: UInt64 = 1, statistic: StudyStatistic = .classical,
            clusterP: Double? = 0.001, includesTFCE: Bool = true, connectivity: Connectivity = .faces,
            tfceForm: ThresholdFreeClusterEnhancement.Form = .exact, minimumMaps: Int? = nil,
            countsUncorrected: Bool = false
        ) {
            self.permutations = permutations
            self.seed = seed
            self.statistic = statistic
            self.clusterP = clusterP
            self.includesTFCE = includesTFCE
            self.connectivity = connectivity
            self.tfceForm = tfceForm
            self.minimumMaps = minimumMaps
            self.countsUncorrected = countsUncorrected
        }
    }

    public let images: StudyImages
    public let design: StudyDesign
    public let contrast: StudyContrast
    public let options: Options
    private let given: Rearrangements?

    /// - Parameters:
    ///   - contrast: its place among the design's.
    ///   - rearrangements: given ones, such as another program's; nil: by the design and the options.
    public init(
        images: StudyImages, design: StudyDesign, contrast: Int = 0, options: Options = Options(),
        rearrangements: Rearrangements? = nil
    ) throws(StudyError) {
        guard design.contrasts.indices.contains(contrast) else {
            throw .setting(
                name: "contrast", value: Double(contrast), allowed: "0 to \(design.contrasts.count - 1)")
        }
        guard options.permutations >= 1, options.permutations < 1 << 30 else {
            throw .setting(name: "permutations", value: Double(options.permutations), allowed: "at least 1")
        }
        if let p = options.clusterP, !(p > 0 && p < 0.5) {
            throw .setting(name: "cluster-forming p", value: p, allowed: "between 0 and 0.5")
        }
        if let minimum = options.minimumMaps, !(2...design.rows).contains(minimum) {
            throw .setting(name: "fewest maps", value: Double(minimum), allowed: "2 to \(design.rows)")
        }
        self.images = images
        self.design = design
        self.contrast = design.contrasts[contrast]
        self.options = options
        given = rearrangements
    }

    /// Fewest maps with a value at a voxel, as used.
    public var minimumMaps: Int {
        options.minimumMaps
            ?? min(design.rows, max(design.columns.count + 1, design.rows - design.rows / 5))
    }

    /// All that does not depend on permutations.
    public func prepare() throws(StudyError) -> PreparedStudyTest {
        let rearrangements = given ?? design.rearrangements(contrast, options.permutations, seed: options.seed)
        let engine = try StudyEngine(
            images.rows, mask: images.isRegional ? nil : images.mask, design: design, contrast: contrast,
            statistic: options.statistic,
            minimum: minimumMaps, rearrangements: rearrangements)
        return PreparedStudyTest(self, engine)
    }

    /// The whole test.
    @_optimize(none)
    public func run(
        workers: Workers, progress: any ProgressObserver = SilentProgress()
    ) async throws -> StudyInference {
        let prepared = try prepare()
        let tally = try await prepared.tally(0..<prepared.count, workers: workers, progress: progress)
        return prepared.inference(tally)
    }
}

extension StudyDesign {
    /// The rearrangements that test a contrast.
    public func rearrangements(_ contrast: StudyContrast, _ requested: Int, seed: UInt64) -> Rearrangements {
        Rearrangements(
            exchange, rows: rows, classes: classes(for: contrast), requested: requested, seed: seed)
    }

    /// Rows that are alike: to the whole design, or (Draper–Stoneman) to its tested columns.
    private func classes(for contrast: StudyContrast) -> [Int] {
        let space = TestedSpace(self, contrast: contrast, rows: Array(0..<rows))
        var known: [[Double]: Int] = [:]
        return (0..<rows).map { row in
            let key =
                exchange.nuisance == .draperStoneman ? space.effects.map { $0[row] } : matrix.row(row)
            if let number = known[key] { return number }
            known[key] = known.count
            return known.count - 1
        }
    }
}
