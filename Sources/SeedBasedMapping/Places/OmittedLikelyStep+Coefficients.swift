import Evidence
import Imaging
import Inference
import Statistics

/// The same of a model with covariates.
extension OmittedLikelyStep {
    /// - Parameters:
    ///   - bounds, scales: of all experiments.
    ///   - voxels: mask positions.
    func coefficients(
        _ bounds: [EffectBounds], scales: [EffectScale], omissions: [OmittedCoefficients.Omission], at voxels: [Int32]
    ) async throws -> OmittedCoefficients {
        let mask = space.mask
        let smoother = settings.effectSmoothing > 0 ? MaskSmoother(mask, fwhm: settings.effectSmoothing) : nil
        let tau2Smoother = settings.tau2Smoothing > 0 ? MaskSmoother(mask, fwhm: settings.tau2Smoothing) : nil
        let near = Self.dilated(
            voxels, by: pointwiseMax(smoother?.reach ?? .zero, tau2Smoother?.reach ?? .zero), in: mask)
        let blockSize = 32
        let blocks = (near.count + blockSize - 1) / blockSize
        progress.began("Jackknife: most likely effects", units: blocks + omissions.count)
        defer { progress.ended() }
        func maps(_ count: Int) -> [SharedArray<Float>] {
            (0..<count).map { _ in SharedArray<Float>(repeating: .nan, count: near.count) }
        }
        let leaveOut = omissions.map {
            LikelyCoefficientsStep(context: context).leaveOut(
                experiments: $0.kept.count, columns: $0.design?.columns ?? 1)
        }
        let found = omissions.map { maps($0.design?.columns ?? 0) }
        let tau2s = maps(omissions.count)
        try await workers.forEach(blocks) { piece in
            var effects: [IntervalEffect] = []
            var positions: [Int] = []
            for index in piece * blockSize..<min((piece + 1) * blockSize, near.count) {
                let voxel = Int(near[index])
                let all: [IntervalEffect?] = bounds.indices.map { study in
                    let lower = Double(bounds[study].lower[voxel])
                    return lower.isNaN
                        ? nil
                        : IntervalEffect(
                            lower: lower, upper: Double(bounds[study].upper[voxel]), scale: scales[study])
                }
                for (number, omission) in omissions.enumerated() {
                    guard let design = omission.design else { continue }
                    effects.removeAll(keepingCapacity: true)
                    positions.removeAll(keepingCapacity: true)
                    for (row, study) in omission.kept.enumerated() {
                        guard let effect = all[study] else { continue }
                        effects.append(effect)
                        positions.append(row)
                    }
                    let likely = LikelyRegression(
                        effects, at: positions, design: design, leaveOut: leaveOut[number])
                    for column in 0..<design.columns {
                        found[number][column].buffer[index] = Float(likely.coefficients[column])
                    }
                    tau2s[number].buffer[index] = Float(likely.tau2)
                }
            }
            progress.advanced(by: 1)
        }
        let slots = Slots<(coefficients: [[Float]], tau2: [Float])>(count: omissions.count)
        try await workers.forEach(omissions.count) { number in
            slots[number] = (
                found[number].map { Self.smoothed($0.array, of: near, at: voxels, smoother, mask) },
                Self.smoothed(tau2s[number].array, of: near, at: voxels, tau2Smoother, mask)
            )
            progress.advanced(by: 1)
        }
        let all = slots.all
        return OmittedCoefficients(omissions, coefficients: all.map(\.coefficients), tau2: all.map(\.tau2))
    }
}
