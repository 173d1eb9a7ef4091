import Foundation
import Imaging
public import Inference
public import Statistics
import VoxelKernels

/// Fixed- or random-effects pooling of effect images with their variances; with covariates, a meta-regression at every
/// voxel.
///
/// Each voxel is fitted with the studies usable there, at least one more than there are coefficients. The equations are
/// those of ``MetaRegression`` (the plain reference), eight voxels side by side. Where images share a sample, errors are
/// cluster-robust (``ClusterRobust``: CR2 with Satterthwaite's degrees of freedom). See Docs/image-based.md.
public struct PooledImages: ImageMethod {
    public var estimator: HeterogeneityEstimator
    public var test: MetaRegression.Test
    /// nil: the mean of all studies.
    public var design: ImageDesign?
    /// τ² where ``estimator`` is `.fixed`.
    public var assumedTau2: Double
    /// Whether images of one sample get cluster-robust errors; else all images count as independent.
    public var isRobust: Bool
    /// Maps of Q, I² and H² besides τ².
    public var includesHeterogeneity: Bool
    /// Level of Q-profile intervals of τ², I² and H² (labels `lower` and `upper`); nil for none.
    public var intervalLevel: Double?
    /// The widest the processor has, unless a test asks for others.
    package var instructions = VectorInstructions.best

    /// - Parameter test: Knapp & Hartung where τ² is estimated and Wald where it is not, if nil.
    public init(
        _ estimator: HeterogeneityEstimator, test: MetaRegression.Test? = nil, design: ImageDesign? = nil,
        assumedTau2: Double = 0, isRobust: Bool = true, includesHeterogeneity: Bool = false,
        intervalLevel: Double? = nil
    ) {
        self.estimator = estimator
        self.test = test ?? (estimator == .fixed ? .wald : .knappHartung)
        self.design = design
        self.assumedTau2 = assumedTau2
        self.isRobust = isRobust
        self.includesHeterogeneity = includesHeterogeneity
        self.intervalLevel = intervalLevel
    }

    public var name: String {
        switch estimator {
        case .fixed: "WeightedLeastSquares"
        case .dersimonianLaird: "DerSimonianLaird"
        case .hedges: "Hedges"
        case .pauleMandel: "PauleMandel"
        case .maximumLikelihood: "VarianceBasedLikelihood-ml"
        case .reml: "VarianceBasedLikelihood-reml"
        case .hunterSchmidt: "HunterSchmidt"
        case .sidikJonkman: "SidikJonkman"
        case .empiricalBayes: "EmpiricalBayes"
        }
    }

    public var needs: Set<ImageQuantity> { [.effect, .variance] }

    public func run(
        _ stack: ImageStack, workers: Workers, progress: any ProgressObserver
    ) async throws -> ImageMaps {
        try await run(
            stack, .images(effects: stack.rows(.effect), variances: stack.rows(.variance)), workers, progress)
    }

    func run(
        _ stack: ImageStack, _ source: EffectSource, _ workers: Workers, _ progress: any ProgressObserver
    ) async throws -> ImageMaps {
        let fit = try PooledFit(self, stack, source)
        let voxels = stack.mask.count
        let pieces = ImageTiles.count(voxels)
        progress.began(name, units: pieces)
        try await workers.forEach(pieces) { piece in
            try fit.run(ImageTiles.range(piece, of: voxels))
            progress.advanced(by: 1)
        }
        progress.ended()
        return fit.maps()
    }
}
