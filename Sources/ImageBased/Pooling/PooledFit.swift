import Foundation
import Imaging
import Inference
import Statistics
import VoxelKernels

/// One run of ``PooledImages``: what all voxels share, and the maps being filled.
final class PooledFit: Sendable {
    private let method: PooledImages
    private let stack: ImageStack
    private let design: ImageDesign
    private let orthonormal: ImageDesign
    private let source: EffectSource
    private let tables: TailTables
    private let normal: TailTable
    /// The sample of each study, where some sample has several.
    private let samples: [Int]?
    /// Studies, those of a sample after each other.
    private let bySample: [Int]
    /// By the number of studies present: Q at both ends of τ²'s interval.
    private let targets: [Double]?
    private let columns: [MapName]
    private let values: [SharedArray<Float>]

    init(_ method: PooledImages, _ stack: ImageStack, _ source: EffectSource) throws(ImageError) {
        let studies = stack.studies.count
        let design = method.design ?? .mean(of: studies)
        guard design.matrix.rows == studies else {
            throw .mismatch("\(design.matrix.rows) rows of the design for \(studies) studies.")
        }
        guard studies > design.columns else { throw .tooFewStudies(needed: design.columns + 1, found: studies) }
        guard method.assumedTau2 >= 0, method.assumedTau2.isFinite else {
            throw .setting(name: "tau2", value: method.assumedTau2, allowed: "0 or more")
        }
        if let level = method.intervalLevel, !(level > 0 && level < 1) {
            throw .setting(name: "level of intervals", value: level, allowed: "between 0 and 1")
        }
        self.method = method
        self.stack = stack
        self.design = design
        orthonormal = design.orthonormal
        self.source = source
        tables = TailTables(1..<max(2, studies))
        normal = TailTable(degreesOfFreedom: .infinity)
        samples = method.isRobust && stack.hasSharedSamples ? stack.samples : nil
        let labels = stack.samples
        bySample = labels.indices.sorted { (labels[$0], $0) < (labels[$1], $1) }
        if let samples, Set(samples).count < 2 {
            throw .tooFewStudies(needed: 2, found: 1)
        }
        targets = method.intervalLevel.map { level in
            (0...studies).flatMap { count -> [Double] in
                guard count > design.columns else { return [0, 0] }
                let chi = ChiSquare(degreesOfFreedom: Double(count - design.columns))
                return [chi.quantile(upperTail: (1 - level) / 2), chi.quantile(upperTail: (1 + level) / 2)]
            }
        }
        var columns = [.z, .p, .logp, .est, .se, .tau2, .dof].map { MapName($0) }
        if method.estimator == .fixed { columns.removeAll { $0.value == .tau2 } }
        if method.includesHeterogeneity { columns += [.q, .i2, .h2].map { MapName($0) } }
        if targets != nil {
            columns += ["lower", "upper"].flatMap { end in
                [.tau2, .i2, .h2].map { MapName($0, label: end) }
            }
        }
        self.columns = columns
        values = columns.map { _ in SharedArray(repeating: Float.nan, count: stack.mask.count) }
    }

    func run(_ range: Range<Int>) throws {
        let studies = source.effects.count
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: 3 * 64 * studies, alignment: 64)
        defer { scratch.deallocate() }
        var fit = cuneus_image_fit()
        let effects = source.effects.optionalPointers
        let variances = source.variances.optionalPointers
        let gains = source.gains
        orthonormal.matrix.elements.withUnsafeBufferPointer { matrix in
            orthonormal.contrast.withUnsafeBufferPointer { contrast in
                withUnsafeBuffers(targets ?? [], gains ?? []) { ends, gain in
                    var model = cuneus_image_model(
                        studies: Int32(studies), columns: Int32(design.columns), estimator: method.estimator.code,
                        tau2: method.assumedTau2, design: matrix.baseAddress, contrast: contrast.baseAddress,
                        targets: targets == nil ? nil : ends, gains: gains == nil ? nil : gain)
                    for first in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
                        cuneus_image_pool(
                            method.instructions.code, &model, effects, variances, first,
                            scratch.assumingMemoryBound(to: Double.self), &fit)
                        withUnsafeBytes(of: &fit) { bytes in
                            let rows = bytes.bindMemory(to: SIMD8<Double>.self)
                            for lane in 0..<min(8, range.upperBound - first) {
                                finish(first + lane, Row(rows, lane))
                            }
                        }
                    }
                }
            }
        }
    }

    /// What the kernel found at a voxel, in the order of `cuneus_image_fit`.
    private struct Row {
        var estimate, variance, tau2, q, trace, spread, count: Double
        var isDoubtful: Bool
        var lower, upper: Double

        @inline(__always)
        init(_ rows: UnsafeBufferPointer<SIMD8<Double>>, _ lane: Int) {
            estimate = rows[0][lane]
            variance = rows[1][lane]
            tau2 = rows[2][lane]
            q = rows[3][lane]
            trace = rows[4][lane]
            spread = rows[5][lane]
            count = rows[6][lane]
            isDoubtful = rows[7][lane] != 0
            lower = rows[8][lane]
            upper = rows[9][lane]
        }
    }

    @inline(__always)
    private func finish(_ voxel: Int, _ found: Row) {
        guard !found.estimate.isNaN else { return }
        var row = found
        if row.isDoubtful || !method.estimator.isInKernel { refit(voxel, &row) }
        let df = Int(row.count) - design.columns
        var error = row.variance
        var degrees = Double(df)
        var tail: (z: Double, logP: Double)
        if let samples, let robust = robust(voxel, tau2: row.tau2, samples: samples) {
            guard robust.degreesOfFreedom > 0 else { return }
            error = robust.standardError
            degrees = robust.degreesOfFreedom
            let t = robust.statistic
            let z = TailTable.exactZ(abs(t), degrees)
            tail = (t < 0 ? -z : z, TailTable.exactLogP(abs(t), degrees))
        } else {
            switch method.test {
            case .wald: break
            case .knappHartung: error *= row.spread / Double(df)
            case .knappHartungAtLeastWald: error *= max(1, row.spread / Double(df))
            }
            error = error.squareRoot()
            let statistic = row.estimate / error
            tail = method.test == .wald ? normal(statistic) : (tables[df] ?? normal)(statistic)
        }
        store(voxel, row, error: error, degrees: degrees, df: Double(df), tail)
    }

    @inline(__always)
    private func store(
        _ voxel: Int, _ row: Row, error: Double, degrees: Double, df: Double, _ tail: (z: Double, logP: Double)
    ) {
        var slot = 0
        func put(_ value: Double) {
            values[slot].buffer[voxel] = Float(value)
            slot += 1
        }
        put(tail.z)
        put(exp(tail.logP))
        put(LogProbability.minusLog10(tail.logP))
        put(row.estimate)
        put(error)
        if method.estimator != .fixed { put(row.tau2) }
        put(degrees)
        if method.includesHeterogeneity {
            let h2 = method.estimator == .fixed ? row.q / df : 1 + row.tau2 * row.trace / df
            put(row.q)
            put(max(0, 1 - 1 / h2))
            put(h2)
        }
        if targets != nil {
            for tau2 in [row.lower, row.upper] {
                let h2 = 1 + tau2 * row.trace / df
                put(tau2)
                put(1 - 1 / h2)
                put(h2)
            }
        }
    }

    /// The studies usable at a voxel.
    private func present(_ voxel: Int) -> [Int] {
        (0..<source.effects.count).filter { source($0, voxel) != nil }
    }

    private func reference(_ voxel: Int, _ studies: [Int], tau2: Double?) -> MetaRegression? {
        let design = design.matrix.selectingRows(studies)
        let values = studies.compactMap { source($0, voxel) }
        let effects = values.map(\.effect)
        let variances = values.map(\.variance)
        let tau2 = tau2 ?? method.estimator.likeliestTau2(effects: effects, variances: variances, design: design)
        return try? MetaRegression(
            effects: effects, variances: variances, design: design, estimator: method.estimator, test: .wald,
            tau2: tau2)
    }

    /// By the plain reference.
    private func refit(_ voxel: Int, _ row: inout Row) {
        guard let fit = reference(voxel, present(voxel), tau2: nil), let tested = try? fit.contrast(design.contrast)
        else { return }
        row.tau2 = fit.tau2
        row.estimate = tested.value
        row.variance = tested.standardError * tested.standardError
        row.spread = fit.weighted.q
    }

    /// nil where no sample has two of the images present: the usual errors hold there.
    private func robust(_ voxel: Int, tau2: Double, samples: [Int]) -> Estimate? {
        if design.columns == 1, design.matrix.elements.allSatisfy({ $0 == 1 }), design.contrast == [1] {
            return robustMean(voxel, tau2: tau2, samples: samples)
        }
        let studies = present(voxel)
        let labels = studies.map { samples[$0] }
        let distinct = Set(labels).count
        guard distinct < studies.count else { return nil }
        guard distinct > design.columns, let fit = reference(voxel, studies, tau2: tau2),
            let robust = try? ClusterRobust(fit, clusters: labels),
            let estimate = try? robust.contrast(design.contrast)
        else { return Estimate(value: .nan, standardError: .nan, degreesOfFreedom: 0) }
        return estimate
    }

    private func robustMean(_ voxel: Int, tau2: Double, samples: [Int]) -> Estimate? {
        var images: [(effect: Double, variance: Double, sample: Int)] = []
        images.reserveCapacity(bySample.count)
        var distinct = 0
        for study in bySample {
            guard let (effect, variance) = source(study, voxel) else { continue }
            if images.last?.sample != samples[study] { distinct += 1 }
            images.append((effect, variance, samples[study]))
        }
        guard distinct < images.count else { return nil }
        guard distinct > 1 else { return Estimate(value: .nan, standardError: .nan, degreesOfFreedom: 0) }
        var weights = 0.0
        var sum = 0.0
        for image in images {
            let weight = 1 / (image.variance + tau2)
            weights += weight
            sum += weight * image.effect
        }
        let mean = sum / weights
        let robust = RobustMean(images, tau2: tau2, mean: mean)
        return Estimate(
            value: mean, standardError: robust.standardError, degreesOfFreedom: robust.degreesOfFreedom)
    }

    func maps() -> ImageMaps {
        var maps = ImageMaps(mask: stack.mask)
        for (name, value) in zip(columns, values) { maps[name] = value.array }
        let missing = values[0].buffer.count { $0.isNaN }
        if missing > 0 {
            maps.notes.append(
                "\(missing) voxels have too few usable images (at least \(design.columns + 1) independent ones are needed)."
            )
        }
        return maps
    }
}

extension HeterogeneityEstimator {
    var isInKernel: Bool { self != .hunterSchmidt && self != .sidikJonkman }

    /// As the kernel numbers it.
    var code: Int32 {
        let code =
            switch self {
            case .fixed: CUNEUS_TAU2_GIVEN
            case .dersimonianLaird: CUNEUS_TAU2_DL
            case .hedges: CUNEUS_TAU2_HEDGES
            // The same equation.
            case .pauleMandel, .empiricalBayes: CUNEUS_TAU2_PAULE_MANDEL
            // Not in the kernel: every voxel is fitted by the plain reference afterwards.
            case .hunterSchmidt, .sidikJonkman: CUNEUS_TAU2_DL
            case .maximumLikelihood: CUNEUS_TAU2_ML
            case .reml: CUNEUS_TAU2_REML
            }
        return Int32(code)
    }
}

/// The addresses of two arrays.
func withUnsafeBuffers(
    _ a: [Double], _ b: [Double], _ body: (UnsafePointer<Double>?, UnsafePointer<Double>?) -> Void
) {
    a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { b in body(a.baseAddress, b.baseAddress) } }
}
