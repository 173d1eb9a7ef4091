import Convergence
public import Evidence
public import Imaging
public import Inference
public import SeedBasedMapping
import Statistics

/// What several models of a plan have in common: grey matter and function, two diagnoses.
///
/// The minimum statistic against the conjunction null (Nichols 2005, doi:10.1016/j.neuroimage.2004.12.005): a voxel counts
/// where every model has an effect there in the same direction, and its corrected p is the largest of theirs. Beside it the
/// joint p of Radua 2013 (``MultimodalUnion``), which asks less.
public struct ModelConjunction: Sendable {
    /// A model as a conjunction takes it. Maps hold one value per mask voxel.
    public struct Part: Sendable {
        public var name: String
        public var mask: Mask
        /// Uncorrected, signed.
        public var z: [Float]
        /// Family-wise error corrected p of effects above and below zero; nil where the model was not tested.
        public var corrected: (above: [Float], below: [Float])?
        public var settings: Settings
        /// Samples of people that entered.
        public var samples: Set<String>
        /// Whether z has a sign; where foci of any sign converge it has none.
        public var isDirected = true
        /// Step of the corrected p; nil where they are not counted.
        public var smallestP: Double?

        public init(
            name: String, mask: Mask, z: [Float], corrected: (above: [Float], below: [Float])? = nil,
            settings: Settings = Settings(), samples: Set<String> = []
        ) {
            self.name = name
            self.mask = mask
            self.z = z
            self.corrected = corrected
            self.settings = settings
            self.samples = samples
        }

        /// By the statistic that cuts the model's own tables.
        public init(_ result: ModelResult) {
            let statistic = result.correctedStatistic
            self.init(
                name: result.plan.name, mask: result.maps.mask, z: result.maps.z,
                corrected: result.familyWise.map {
                    (above: $0.map(statistic, .positive).p, below: $0.map(statistic, .negative).p)
                },
                settings: result.settings, samples: Set(result.experiments.map(\.sample)))
            smallestP = result.familyWise?.smallestP
        }
    }

    public var parts: [Part]
    public var mask: Mask { parts[0].mask }
    /// The z nearest to 0 where all have one sign, else 0; NaN where a model has none.
    public let z: [Float]
    /// The largest of the models' corrected p in the direction they share, 1 where they share none; nil where a model was not
    /// tested.
    public let correctedP: [Float]?
    /// z of the joint one-sided p, with the sign the models share; 0 where they share none or the joint p exceeds one half.
    public let union: [Float]
    /// Of the voxels that meet ``criterion``, those above zero first.
    public let clusters: [Cluster]
    /// How these voxels were chosen, in words.
    public let criterion: String
    /// Whether effects have a direction.
    public var isDirected: Bool { parts[0].isDirected }
    /// The coarsest step of the models' corrected p; nil where none is counted.
    public var smallestP: Double? { parts.compactMap(\.smallestP).max() }
    /// Whether ``criterion`` corrects for the number of voxels.
    public var isCorrected: Bool { correctedP != nil }

    /// - Throws: ``InputError`` with fewer than two models, or models on different voxels.
    public init(_ parts: [Part]) throws(InputError) {
        guard let first = parts.first, parts.count > 1 else {
            throw InputError("a conjunction needs two models at least; there are \(parts.count).")
        }
        if let other = parts.first(where: { $0.mask != first.mask }) {
            throw InputError(
                "models \"\(first.name)\" and \"\(other.name)\" have different voxels, and no conjunction.",
                remedy: "Give both the same mask and voxel_size.")
        }
        if let other = parts.first(where: { $0.isDirected != first.isDirected }) {
            let (some, none) = first.isDirected ? (first, other) : (other, first)
            throw InputError(
                "model \"\(none.name)\" does not say which way its foci go, and model \"\(some.name)\" does: no conjunction.",
                remedy: "Set foci_direction: all in both, or give the foci their signs.")
        }
        self.parts = parts
        let z: [Float]
        do throws(ConvergenceError) {
            z = try Conjunction()(parts.map(\.z))
        } catch {
            throw InputError("the conjunction of \(parts.map(\.name).joined(separator: " and ")): \(error)")
        }
        self.z = z
        union = Self.union(parts, shared: z)
        let correctedP = Self.largest(parts, shared: z)
        self.correctedP = correctedP

        let settings = parts.map(\.settings)
        let finder = ClusterFinder(
            mask: first.mask, connectivity: Connectivity(rawValue: first.settings.connectivity) ?? .edges)
        if let correctedP {
            let level = settings.map(\.correctedP).min() ?? 0
            criterion = "every model p < \(Criterion.number(level)), corrected by family-wise error"
            let surviving = zip(z, correctedP).map { $1 <= Float(level) ? $0 : 0 }
            clusters = [1, -1].flatMap { finder.clusters(in: surviving, above: 0, sign: $0) }
        } else {
            let level = settings.map(\.thresholdP).min() ?? 0
            let extent = settings.map(\.extent).max() ?? 1
            criterion =
                "every model uncorrected p < \(Criterion.number(level)), extent of at least \(extent) voxels (exploratory)"
            let threshold = -Normal.quantile(level)
            clusters = [1, -1].flatMap {
                finder.clusters(in: z, above: threshold, sign: $0, minimumExtent: extent)
            }
        }
    }

    /// Samples of people in more than one of the models: their results are then not independent, and the joint p is too
    /// small.
    public var sharedSamples: [String] {
        var counts: [String: Int] = [:]
        for sample in parts.flatMap(\.samples) { counts[sample, default: 0] += 1 }
        return counts.filter { $0.value > 1 }.keys.sorted()
    }

    private static func largest(_ parts: [Part], shared: [Float]) -> [Float]? {
        let corrected = parts.compactMap(\.corrected)
        guard corrected.count == parts.count else { return nil }
        return shared.indices.map { voxel in
            // NaN compares as false: no direction is shared there.
            if shared[voxel] > 0 { return corrected.reduce(0) { max($0, $1.above[voxel]) } }
            if shared[voxel] < 0 { return corrected.reduce(0) { max($0, $1.below[voxel]) } }
            return 1
        }
    }

    private static func union(_ parts: [Part], shared: [Float]) -> [Float] {
        shared.indices.map { voxel in
            guard shared[voxel] != 0, !shared[voxel].isNaN else { return shared[voxel] }
            let sign: Float = shared[voxel] < 0 ? -1 : 1
            let joint = MultimodalUnion.logP(parts.map { LogProbability.upperTail(Double(sign * $0.z[voxel])) })
            return sign * Float(LogProbability.oneSided(joint))
        }
    }
}
