import Foundation
import Statistics

/// Standardised effects of a fit with their standard errors, ready for a meta-analysis.
///
/// Of a mean, a change or a difference of two groups: Hedges' g = J(df)·cβ̂/σ̂ with variance c + K·g²
/// (``Statistics/EffectScale``; c = c(X'X)⁻¹c', so that covariates adjusted for are allowed for). For paired change this is g of
/// d_z: in units of the spread of the changes. Of a score: Fisher's z of the partial correlation, artanh r = arsinh(t/√df), with
/// variance 1/(df − 1).
public struct EffectMaps: Sendable {
    public enum Scale: String, Hashable, Sendable, Codable {
        case hedgesG, fisherZ
    }

    public let scale: Scale
    /// g, or Fisher's z; NaN where nothing is tested.
    public let effect: [Float]
    public let standardError: [Float]

    /// nil for several combinations, and for rows that are not independent (exchangeability blocks with several rows each).
    public init?(_ fit: StudyFit, design: StudyDesign) {
        guard !fit.contrast.isJoint else { return nil }
        if let blocks = design.exchange.blocks, Set(blocks).count < blocks.count, Set(blocks).count > 1 { return nil }
        let space = TestedSpace(design, contrast: fit.contrast, rows: Array(0..<design.rows))
        guard let column = space.effects.first, let low = column.min(), let high = column.max() else { return nil }
        let isTwoValued = Set(column).count <= 2
        scale = isTwoValued ? .hedgesG : .fisherZ
        // cβ̂ is per unit of the tested column; the difference of two groups is what lies between its two values.
        let step = high > low ? high - low : abs(high)
        var effect = [Float](repeating: .nan, count: fit.statistic.count)
        var standardError = effect
        for voxel in effect.indices where !fit.statistic[voxel].isNaN {
            let t = Double(fit.statistic[voxel])
            let df = Double(fit.degreesOfFreedom[voxel])
            if isTwoValued {
                let j = EffectScale.correction(degreesOfFreedom: df)
                let factor = Double(fit.factors[voxel]) * step
                let g = j * factor * t
                let growth = df > 2 ? 1 - (df - 2) / (df * j * j) : .nan
                effect[voxel] = Float(g)
                standardError[voxel] = Float((factor * factor + growth * g * g).squareRoot())
            } else {
                effect[voxel] = Float(FisherZ.z(fromT: t, degreesOfFreedom: df))
                standardError[voxel] = df > 1 ? Float((1 / (df - 1)).squareRoot()) : .nan
            }
        }
        self.effect = effect
        self.standardError = standardError
    }
}
