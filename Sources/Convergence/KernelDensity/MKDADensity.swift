/// Multilevel kernel density analysis: the number (or weighted sum) of experiments with a focus within a radius.
///
/// Wager 2007, 2009 (doi:10.1093/scan/nsm015). One experiment counts once however many foci it has near.
public struct MKDADensity: CoordinateMethod {
    public enum Weighting: Hashable, Sendable {
        case equal
        /// √N, scaled to sum to the number of experiments.
        case sampleSize
    }

    /// mm.
    public var radius: Double
    public var weighting: Weighting
    public var null: VoxelNull
    public var name: String { "MKDA" }

    public init(radius: Double = 10, weighting: Weighting = .equal, null: VoxelNull = .approximate) {
        self.radius = radius
        self.weighting = weighting
        self.null = null
    }

    public func model(_ foci: [FociSet], in space: ConvergenceSpace) throws(ConvergenceError) -> PreparedFoci {
        var weights: [Double]?
        if weighting == .sampleSize {
            var roots: [Double] = []
            for set in foci {
                guard let n = set.sampleSize, n > 0 else { throw .noSampleSize(experiment: set.id) }
                roots.append(n.squareRoot())
            }
            let sum = roots.reduce(0, +)
            weights = roots.map { $0 / sum * Double(foci.count) }
        }
        return PreparedFoci(
            try ActivationModel(
                foci, in: space, rule: .indicator, kernel: .sphere(radius: radius), convention: .exact,
                weights: weights))
    }
}
