import Imaging
import Inference
import Statistics

/// Pools the experiments at some voxels, all of them and without each of several sets.
///
/// The noise of every experiment and voxel is drawn once for all omissions; an omission differs only in the distributions
/// that turn it into effects, and in who is in.
struct OmittedPooling: Sendable {
    /// What one voxel gave with all experiments (first) and under each omission.
    struct Row: Sendable {
        var g: Float
        var se: Float
        var z: Float
        var tau2: Float

        static let none = Row(g: .nan, se: .nan, z: .nan, tau2: .nan)
    }

    let studies: [ImputedStudy]
    /// Which of them are combined.
    let sampleRows: SampleRows
    let omitted: [[Int]]
    /// The regressions of a model with covariates, the whole first, nil where the rest does not determine it; for a mean
    /// there are none.
    var regressions: [OmittedRegression?]?
    let imputations: Int
    let estimator: RandomEffects.Estimator
    let sampler: any StudyImageSampler

    /// Voxels that are drawn together: few enough that the noise of all experiments stays below about 16 MB.
    var pieceSize: Int {
        let batches = (imputations + 15) / 16
        return max(16, min(256, (16 << 20) / (64 * 5 * batches * max(studies.count, 1))))
    }

    /// Shares of each experiment in one piece: sums over its voxels and imputations.
    struct Shares: Sendable {
        /// w·y/Σw.
        var effects: [Double]
        /// w/Σw.
        var weights: [Double]
        /// Voxels in which any experiment speaks, times imputations.
        var count = 0.0

        init(studies: Int) {
            effects = Array(repeating: 0, count: studies)
            weights = Array(repeating: 0, count: studies)
        }

        init(_ shares: RegressionShares) {
            effects = shares.effects
            weights = shares.weights
            count = shares.count
        }

        mutating func add(_ other: Shares) {
            for study in effects.indices {
                effects[study] += other.effects[study]
                weights[study] += other.weights[study]
            }
            count += other.count
        }
    }

    /// - Parameters:
    ///   - voxels: mask positions.
    ///   - first: place of the first of them in `likely`.
    ///   - rows: (1 + omissions) per voxel.
    /// - Throws: `CancellationError`.
    func pool(
        _ voxels: [Int32], first: Int, likely: OmittedLikely, into rows: UnsafeMutablePointer<Row>
    ) throws -> Shares {
        let units = omitted.count + 1
        let batches = (imputations + 15) / 16
        let scales = studies.map(\.scale)
        let patch = sampler.patch(voxels)
        let halo = patch.halo.count
        let noise = UnsafeMutablePointer<SIMD16<Float>>.allocate(capacity: halo * studies.count * batches)
        defer { noise.deallocate() }
        // [unit][study]: the images of one unit are together.
        let images = UnsafeMutablePointer<SIMD16<Float>>.allocate(capacity: units * studies.count)
        defer { images.deallocate() }
        for batch in 0..<batches {
            let lanes = min(16, imputations - batch * 16)
            for (index, study) in studies.enumerated()
            where voxels.contains(where: { study.fixedValue(at: Int($0)) == nil }) {
                sampler.noise(
                    study, of: patch, batch: batch, lanes: lanes,
                    into: noise + (batch * studies.count + index) * halo)
            }
        }
        let isOmitted = omitted.map { omitted in studies.indices.map(omitted.contains) }
        // For each study the units it is in, the whole first.
        let unitsOf = studies.indices.map { study in [0] + (1..<units).filter { !isOmitted[$0 - 1][study] } }
        let drawn = UnsafeMutablePointer<SIMD16<Float>>.allocate(capacity: units)
        defer { drawn.deallocate() }
        let lanesOfRows = UnsafeMutablePointer<ImputationPool.Lanes>.allocate(capacity: 2 * sampleRows.rows.count)
        defer { lanesOfRows.deallocate() }
        var distributions = studies.map { _ in [TruncatedNormal]() }
        var shares = Shares(studies: studies.count)
        var fitted = regressions.map { $0.map { $0?.voxelRegression(scales: scales, estimator: estimator) } } ?? []
        var regressionShares = RegressionShares(studies: studies.count)
        for (index, position) in voxels.enumerated() {
            try Task.checkCancellation()
            let voxel = Int(position)
            for (s, study) in studies.enumerated() {
                distributions[s].removeAll(keepingCapacity: true)
                guard study.fixedValue(at: voxel) == nil else { continue }
                distributions[s].append(study.truncatedNormal(at: voxel))
                for unit in unitsOf[s].dropFirst() {
                    distributions[s].append(
                        study.truncatedNormal(
                            at: voxel, mean: likely.mean(unit - 1, experiment: s, at: first + index),
                            tau2: likely.tau2(unit - 1, at: first + index)))
                }
            }
            var pools = [ImputationPool](repeating: ImputationPool(), count: units)
            var regressionPools = fitted.map { RegressionPool(columns: $0?.design.columns ?? 1) }
            for batch in 0..<batches {
                let lanes = min(16, imputations - batch * 16)
                for (s, study) in studies.enumerated() {
                    // Who is left out is missing: pooling passes over it.
                    for unit in 0..<units { images[unit * studies.count + s] = SIMD16(repeating: .nan) }
                    if let value = study.fixedValue(at: voxel) {
                        for unit in unitsOf[s] { images[unit * studies.count + s] = SIMD16(repeating: value) }
                        continue
                    }
                    distributions[s].withUnsafeBufferPointer { distributions in
                        sampler.draw(
                            distributions, at: index, of: patch,
                            noise: noise + (batch * studies.count + s) * halo, lanes: lanes, into: drawn, stride: 1)
                    }
                    for (n, unit) in unitsOf[s].enumerated() { images[unit * studies.count + s] = drawn[n] }
                }
                for unit in fitted.indices {
                    let own = images + unit * studies.count
                    if unit == 0 {
                        fitted[unit]?.add(
                            own, stride: 1, lanes: lanes, to: &regressionPools[unit], shares: &regressionShares)
                    } else {
                        fitted[unit]?.add(own, stride: 1, lanes: lanes, to: &regressionPools[unit])
                    }
                }
                for unit in 0..<units where fitted.isEmpty {
                    let tau2 = pools[unit].add(
                        images + unit * studies.count, stride: 1, scales: scales, rows: sampleRows, lanes: lanes,
                        estimator: estimator, scratch: lanesOfRows)
                    if unit == 0 { add(images, tau2: tau2, scales: scales, lanes: lanes, to: &shares) }
                }
            }
            for unit in fitted.indices {
                rows[index * units + unit] = regressions?[unit]?.row(regressionPools[unit]) ?? Row.none
            }
            for unit in 0..<units where fitted.isEmpty {
                let pooled = pools[unit].pooled()
                let se = pooled.variance.squareRoot()
                rows[index * units + unit] = Row(
                    g: Float(pooled.g), se: Float(se), z: Float(pooled.g / se), tau2: Float(pooled.tau2))
            }
        }
        return regressions == nil ? shares : Shares(regressionShares)
    }

    /// Adds each experiment's part in the weighted mean of a batch of imputations.
    private func add(
        _ images: UnsafePointer<SIMD16<Float>>, tau2: SIMD16<Double>, scales: [EffectScale], lanes: Int,
        to shares: inout Shares
    ) {
        // A row's weight is shared equally among the experiments it combines.
        var weights = [SIMD16<Double>](repeating: .zero, count: scales.count)
        var total = SIMD16<Double>.zero
        let r = sampleRows.correlation
        for row in sampleRows.rows {
            let present = row.filter { !images[$0][0].isNaN }
            guard !present.isEmpty else { continue }
            let count = Double(present.count)
            var variance = SIMD16<Double>.zero
            var deviation = SIMD16<Double>.zero
            for study in present {
                let y = SIMD16<Double>(images[study])
                let own = scales[study].constantVariance + scales[study].quadraticVariance * y * y
                variance += own
                deviation += own.squareRoot()
            }
            if present.count > 1 { variance = ((1 - r) * variance + r * deviation * deviation) / (count * count) }
            let w = 1 / (variance + tau2)
            total += w
            for study in present { weights[study] = w / count }
        }
        guard total[0] > 0 else { return }
        for study in scales.indices where !images[study][0].isNaN {
            let share = weights[study] / total
            let part = share * SIMD16<Double>(images[study])
            for lane in 0..<lanes {
                shares.weights[study] += share[lane]
                shares.effects[study] += part[lane]
            }
        }
        shares.count += Double(lanes)
    }
}
