import Foundation
import Imaging

/// Experiments ready for computing: their foci as voxels, their kernels, and how activations combine.
package struct ActivationModel: Sendable {
    /// What a voxel of one experiment holds, and how experiments are joined.
    package enum Rule: Sendable, Hashable {
        /// The largest kernel value (Turkeltaub 2012); joined as 1 − Π(1 − MA).
        case maximum
        /// Whether a focus is near; joined as a weighted sum.
        case indicator
        /// How many foci are near; joined as a sum.
        case count
    }

    package struct Study: Sendable {
        package var id: String
        package var kernel: Int
        package var weight: Double
        package var foci: [SIMD3<Int>]
        /// The same foci between the voxels, where the convention keeps them there; random foci lie at voxels always.
        package var continuous: ContinuousFoci?
    }

    package let space: ConvergenceSpace
    package let rule: Rule
    package let kernels: [KernelStencil]
    package let studies: [Study]
    /// Of each kernel and rank: what it adds to a voxel's sum: −ln(1 − MA), or the rank itself. Weights come on top.
    package let terms: [[Double]]

    package var fociCount: Int { studies.reduce(0) { $0 + $1.foci.count } }

    /// - Parameters:
    ///   - kernelOf: each set's kernel; equal kernels are made once.
    ///   - weights: one per set; nil for equal weights.
    /// - Throws: `ConvergenceError`.
    init(
        _ sets: [FociSet], in space: ConvergenceSpace, rule: Rule, kernel: ActivationKernel,
        convention: KernelConvention, weights: [Double]? = nil, allowsEmpty: Bool = true
    ) throws(ConvergenceError) {
        guard sets.contains(where: { !$0.foci.isEmpty }) else { throw .noFoci }
        var numbers: [ActivationKernel: Int] = [:]
        var kernels: [KernelStencil] = []
        var studies: [Study] = []
        for (index, set) in sets.enumerated() {
            var own = kernel
            if kernel == .sampleSize {
                guard let n = set.sampleSize, n > 0, n.isFinite else { throw .noSampleSize(experiment: set.id) }
                own = .fixedSampleSize(n)
            }
            let gaussian = try Self.gaussian(own)
            let number: Int
            if let known = numbers[own] {
                number = known
            } else {
                number = kernels.count
                numbers[own] = number
                kernels.append(try Self.stencil(own, gaussian, space, convention))
            }
            var voxels: [SIMD3<Int>] = []
            for focus in set.foci {
                guard let voxel = space.voxel(at: focus) else { throw .coordinate(experiment: set.id) }
                voxels.append(voxel)
            }
            var study = Study(id: set.id, kernel: number, weight: weights?[index] ?? 1, foci: voxels)
            if convention.isContinuous, let gaussian {
                let foci = ContinuousFoci(set.foci, fwhm: gaussian.fwhm, in: space)
                // A density times a voxel's volume is no probability where the Gaussian is narrower than the voxel.
                guard foci.peak < 1 else {
                    throw .setting(name: "fwhm", value: gaussian.fwhm, allowed: "at least a voxel's edge")
                }
                study.continuous = foci
            }
            studies.append(study)
        }
        self.init(space: space, rule: rule, kernels: kernels, studies: studies)
    }

    package init(space: ConvergenceSpace, rule: Rule, kernels: [KernelStencil], studies: [Study]) {
        self.space = space
        self.rule = rule
        self.kernels = kernels
        self.studies = studies
        let most = studies.map(\.foci.count).max() ?? 0
        terms = kernels.map { kernel in
            switch rule {
            case .maximum: kernel.values.map { -log1p(-Double($0)) }
            case .indicator: [0, 1]
            case .count: (0...most).map(Double.init)
            }
        }
    }

    /// The same kernels and rule with other experiments or foci, or in a part of the space.
    package func with(_ studies: [Study], in part: ConvergenceSpace? = nil) -> ActivationModel {
        ActivationModel(space: part ?? space, rule: rule, kernels: kernels, studies: studies)
    }

    /// Width (mm) of a Gaussian kernel, and whether it was given as such; nil for a sphere.
    private static func gaussian(
        _ kernel: ActivationKernel
    ) throws(ConvergenceError) -> (fwhm: Double, isGiven: Bool)? {
        let fwhm: Double
        var isGiven = false
        switch kernel {
        case .sphere: return nil
        case .fwhm(let width): (fwhm, isGiven) = (width, true)
        case .fixedSampleSize(let n): fwhm = ActivationKernel.fwhm(sampleSize: n)
        case .sampleSize: fwhm = .nan
        }
        guard fwhm >= 1, fwhm <= 60 else { throw .setting(name: "fwhm", value: fwhm, allowed: "1 to 60 mm") }
        return (fwhm, isGiven)
    }

    private static func stencil(
        _ kernel: ActivationKernel, _ gaussian: (fwhm: Double, isGiven: Bool)?, _ space: ConvergenceSpace,
        _ convention: KernelConvention
    ) throws(ConvergenceError) -> KernelStencil {
        if let gaussian {
            return KernelStencil(
                fwhm: gaussian.fwhm, voxelSize: space.voxelSize, convention: convention, isGiven: gaussian.isGiven)
        }
        var radius = Double.nan
        if case .sphere(let given) = kernel { radius = given }
        guard radius > 0, radius <= 60 else { throw .setting(name: "radius", value: radius, allowed: "0 to 60 mm") }
        return KernelStencil(radius: radius, voxelSize: space.voxelSize)
    }

    /// The activations that an experiment's histogram counts, ascending from 0: its kernel's values, or between voxels,
    /// where these are too many, the bins of the analytic null.
    package func levels(of study: Study) -> [Float] {
        study.continuous.map { HistogramNull.binCentres(upTo: $0.peak) } ?? kernels[study.kernel].values
    }

    /// The statistic of a voxel from the sum over experiments.
    @inline(__always)
    package func statistic(_ sum: Double) -> Float {
        rule == .maximum ? Float(1 - exp(-sum)) : Float(sum)
    }
}
