import Evidence
import Imaging
import Inference
import Statistics

/// Step 3 once more, at some voxels, without each of several sets of experiments.
struct OmittedLikelyStep: AnalysisStep {
    let context: AnalysisContext

    /// - Parameters:
    ///   - bounds: of all experiments.
    ///   - omitted: positions of the experiments that are left out, per omission.
    ///   - voxels: mask positions.
    func likely(
        _ bounds: [EffectBounds], scales: [EffectScale], omitted: [[Int]], at voxels: [Int32]
    ) async throws -> OmittedLikely {
        let mask = space.mask
        let meanSmoother = settings.effectSmoothing > 0 ? MaskSmoother(mask, fwhm: settings.effectSmoothing) : nil
        let tau2Smoother = settings.tau2Smoothing > 0 ? MaskSmoother(mask, fwhm: settings.tau2Smoothing) : nil
        let near = Self.dilated(
            voxels, by: pointwiseMax(meanSmoother?.reach ?? .zero, tau2Smoother?.reach ?? .zero), in: mask)

        let leaveOut = omitted.map { LikelyEffectStep(context: context).leaveOut(experiments: bounds.count - $0.count) }
        let isOmitted = omitted.map { omitted in bounds.indices.map(omitted.contains) }
        let blockSize = 32
        let blocks = (near.count + blockSize - 1) / blockSize
        progress.began("Jackknife: most likely effects", units: blocks + omitted.count)
        defer { progress.ended() }
        let means = omitted.map { _ in SharedArray<Float>(repeating: .nan, count: near.count) }
        let tau2s = omitted.map { _ in SharedArray<Float>(repeating: .nan, count: near.count) }
        try await workers.forEach(blocks) { piece in
            var all: [(study: Int, effect: IntervalEffect)] = []
            var kept: [IntervalEffect] = []
            for index in piece * blockSize..<min((piece + 1) * blockSize, near.count) {
                let voxel = Int(near[index])
                all.removeAll(keepingCapacity: true)
                for study in bounds.indices {
                    let lower = Double(bounds[study].lower[voxel])
                    if lower.isNaN { continue }
                    all.append(
                        (
                            study,
                            IntervalEffect(
                                lower: lower, upper: Double(bounds[study].upper[voxel]), scale: scales[study])
                        ))
                }
                for omission in isOmitted.indices {
                    kept.removeAll(keepingCapacity: true)
                    for (study, effect) in all where !isOmitted[omission][study] { kept.append(effect) }
                    let found = MostLikelyEffect(kept, leaveOut: leaveOut[omission])
                    means[omission].buffer[index] = Float(found.mean)
                    tau2s[omission].buffer[index] = Float(found.tau2)
                }
            }
            progress.advanced(by: 1)
        }

        let slots = Slots<(mean: [Float], tau2: [Float])>(count: omitted.count)
        try await workers.forEach(omitted.count) { omission in
            slots[omission] = (
                Self.smoothed(means[omission].array, of: near, at: voxels, meanSmoother, mask),
                Self.smoothed(tau2s[omission].array, of: near, at: voxels, tau2Smoother, mask)
            )
            progress.advanced(by: 1)
        }
        let all = slots.all
        return .means(mean: all.map(\.mean), tau2: all.map(\.tau2))
    }

    /// A map known at `near`, smoothed at `voxels`; beyond `near` nothing counts.
    static func smoothed(
        _ values: [Float], of near: [Int32], at voxels: [Int32], _ smoother: MaskSmoother?, _ mask: Mask
    ) -> [Float] {
        var map = [Float](repeating: 0, count: mask.count)
        for (voxel, value) in zip(near, values) { map[Int(voxel)] = value }
        guard let smoother else { return voxels.map { map[Int($0)] } }
        let smooth = smoother.smooth(map.map { $0.isNaN ? 0 : $0 })
        return voxels.map { map[Int($0)].isNaN ? .nan : smooth[Int($0)] }
    }

    /// The mask voxels at most `reach` voxels away along every axis, ascending.
    static func dilated(_ voxels: [Int32], by reach: SIMD3<Int>, in mask: Mask) -> [Int32] {
        let shape = mask.grid.shape
        var inside = [Bool](repeating: false, count: mask.grid.count)
        for voxel in voxels { inside[Int(mask.voxels[Int(voxel)])] = true }
        // Axis by axis: each run of voxels is as much longer.
        for (axis, step) in [1, shape.x, shape.x * shape.y].enumerated() where reach[axis] > 0 {
            let before = inside
            for index in before.indices where before[index] {
                let at = mask.grid.voxel(atIndex: index)[axis]
                for offset in max(-reach[axis], -at)...min(reach[axis], shape[axis] - 1 - at) {
                    inside[index + offset * step] = true
                }
            }
        }
        return (0..<Int32(mask.count)).filter { inside[Int(mask.voxels[Int($0)])] }
    }
}
