import Foundation
import Imaging
public import Inference
import Statistics

extension MKDAChi2.Outcome {
    /// Family-wise error by permuting which experiments are in which group (NiMARE's default since 0.17).
    ///
    /// The largest χ² and the largest clusters of χ² above the value of `voxelP`, each direction apart. Keeps four bytes per
    /// experiment and active voxel.
    public func permuted(
        _ labels: LabelPermutations, voxelP: Double = 0.001, tests: [MKDAChi2.Test] = MKDAChi2.Test.allCases,
        workers: Workers = Workers(threads: 1), progress: any ProgressObserver = SilentProgress()
    ) async throws -> [MKDAChi2.Test: FamilyWiseNull] {
        guard labels.total == model.studies.count, labels.first == first else {
            throw ConvergenceError.mismatch("The labels are not for these groups.")
        }
        guard labels.count > 0 else {
            throw ConvergenceError.setting(name: "permutations", value: 0, allowed: "at least 1")
        }
        let z = LogProbability.twoSided(log(voxelP))
        let threshold = Float(z * z)
        let table = NeighbourTable(maps.mask, .faces)
        let painter = ActivationPainter(model)
        // Active voxels, numbered in the order of the mask.
        var number = [Int32](repeating: -1, count: maps.mask.count)
        var total: [UInt16] = []
        let painted = model.studies.map { painter.sparse($0).voxels }
        for voxels in painted { for voxel in voxels { number[Int(voxel)] = 0 } }
        var active: [Int32] = []
        for voxel in number.indices where number[voxel] == 0 {
            number[voxel] = Int32(active.count)
            active.append(Int32(voxel))
        }
        let sparse = painted.map { $0.map { number[Int($0)] } }
        total = Array(repeating: 0, count: active.count)
        for voxels in sparse { for voxel in voxels { total[Int(voxel)] += 1 } }

        let n = labels.count
        let activeCount = active.count
        let heights = SharedArray(repeating: Float(0), count: n * tests.count)
        let sizes = SharedArray(repeating: Float(0), count: n * tests.count)
        let masses = SharedArray(repeating: 0.0, count: n * tests.count)
        let pool = ScratchPool {
            (
                up: SparseClusters(table), down: SparseClusters(table),
                counts: SharedArray(repeating: UInt16(0), count: activeCount)
            )
        }
        let (n1, n2) = (Double(first), Double(model.studies.count - first))
        let values = ChiSquareTables(first: first, second: model.studies.count - first)
        let everywhere = Double(maps.mask.count)
        let piece = 10
        progress.began("label permutations", units: n)
        try await workers.forEach((n + piece - 1) / piece) { [total, active] block in
            let scratch = pool.take()
            let (up, down, counts) = scratch
            defer { pool.give(scratch) }
            for permutation in block * piece..<min(n, (block + 1) * piece) {
                try Task.checkCancellation()
                let isFirst = labels.labels(permutation)
                let a = counts.buffer.baseAddress!
                a.update(repeating: 0, count: active.count)
                for (study, voxels) in sparse.enumerated() where isFirst[study] {
                    voxels.withUnsafeBufferPointer { for voxel in $0 { a[Int(voxel)] &+= 1 } }
                }
                var sumFirst = 0
                var sumAll = 0
                total.withUnsafeBufferPointer { total in
                    for voxel in 0..<active.count {
                        sumFirst += Int(a[voxel])
                        sumAll += Int(total[voxel])
                    }
                }
                let mean1 = Double(sumFirst) / everywhere
                let mean2 = Double(sumAll - sumFirst) / everywhere
                for (index, test) in tests.enumerated() {
                    var highest: Float = 0
                    var lowest: Float = 0
                    var size: Float = 0
                    var mass = 0.0
                    up.removeAll()
                    down.removeAll()
                    active.withUnsafeBufferPointer { active in
                        total.withUnsafeBufferPointer { total in
                            /// χ² of every active voxel, by its counts in the first group and in both.
                            @inline(__always)
                            func scan(_ chi2: (Int, Int) -> Float) {
                                for voxel in 0..<active.count {
                                    let value = chi2(Int(a[voxel]), Int(total[voxel]))
                                    highest = max(highest, value)
                                    lowest = min(lowest, value)
                                    if value > threshold { up.append(active[voxel], value) }
                                    if -value > threshold { down.append(active[voxel], -value) }
                                }
                            }
                            switch test {
                            case .association: values.withAssociation { table in scan { table($0, $1) } }
                            case .group2:
                                values.withUniformity(n2, mean: mean2) { table in scan { table[$1 - $0] } }
                            default:
                                values.withUniformity(n1, mean: mean1) { table in scan { first, _ in table[first] } }
                            }
                        }
                    }
                    for clusters in [up, down] {
                        clusters.each(above: threshold) { voxels, sum in
                            size = max(size, Float(voxels.count))
                            mass = max(mass, sum)
                        }
                    }
                    let height = max(highest, -lowest)
                    heights.buffer[index * n + permutation] = height
                    sizes.buffer[index * n + permutation] = size
                    masses.buffer[index * n + permutation] = mass
                }
                progress.advanced(by: 1)
            }
        }
        progress.ended()
        var result: [MKDAChi2.Test: FamilyWiseNull] = [:]
        for (index, test) in tests.enumerated() {
            let range = index * n..<(index + 1) * n
            result[test] = FamilyWiseNull(
                threshold: Double(threshold),
                maxima: [
                    .voxel: range.map { Double(heights.buffer[$0]) }, .size: range.map { Double(sizes.buffer[$0]) },
                    .mass: range.map { masses.buffer[$0] },
                ])
        }
        return result
    }

    /// Corrected p, z (signed) and −log₁₀ p.
    public func corrected(_ nulls: [MKDAChi2.Test: FamilyWiseNull]) -> ConvergenceMaps {
        let table = NeighbourTable(maps.mask, .faces)
        var result = ConvergenceMaps(mask: maps.mask)
        for test in MKDAChi2.Test.allCases {
            guard let null = nulls[test], let values = signed[test] else { continue }
            let z = maps[MapName(.z, label: test.rawValue)] ?? []
            let map = values.map(Float.init)
            let up = SparseClusters.maps(of: map, above: Float(null.threshold), sign: 1, table: table)
            let down = SparseClusters.maps(of: map, above: Float(null.threshold), sign: -1, table: table)
            let measures: [(FamilyWiseNull.Measure, [Double], String, MapName.Level)] = [
                // In single precision like the maxima, so that equal counts are equal.
                (.voxel, map.map { Double(abs($0)) }, "", .voxel),
                (.size, zip(up.size, down.size).map { Double(max($0, $1)) }, "Size", .cluster),
                (.mass, zip(up.mass, down.mass).map(max), "Mass", .cluster),
            ]
            for (measure, observed, suffix, level) in measures {
                guard let logP = null.logP(measure, observed) else { continue }
                result.setSigned(
                    logP: logP, sign: z, label: test.rawValue + suffix, level: level, correction: .fwe,
                    method: "montecarlo")
            }
        }
        return result
    }
}

extension ConvergenceMaps {
    /// p, two-sided z with the sign of another map, −log₁₀ p.
    mutating func setSigned(
        logP: [Double], sign: [Float], label: String?, level: MapName.Level? = nil,
        correction: MapName.Correction? = nil, method: String? = nil
    ) {
        func name(_ value: MapName.Value) -> MapName {
            MapName(value, label: label, level: level, correction: correction, method: method)
        }
        var known: [Double: Float] = [:]
        self[name(.p)] = logP.map(LogProbability.p)
        self[name(.z)] = zip(logP, sign).map { logP, sign in
            if sign == 0 { return 0 }
            let z = known[logP] ?? Float(LogProbability.twoSided(logP))
            known[logP] = z
            return sign < 0 ? -z : z
        }
        self[name(.logp)] = logP.map { Float(-$0 / 2.302585092994045684) }
    }
}
