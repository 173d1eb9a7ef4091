import Evidence
public import Inference
import Statistics
import VoxelKernels

/// The agreement test's statistic at every voxel, for peaks at any places.
///
/// Three things make a map cheap. A voxel counts only where enough samples tell of it (a peak's kernel at least half as high
/// there), usually one voxel in fifty: bounds are made only there. Of these, z∞ is computed only where the score statistic is
/// large (``AgreementReference/pruning``). And there, experiments that say the same, "nothing exceeded my threshold", are one
/// entry with a number. All sums run in the order of the experiments: results depend on nothing but the places.
///
/// ``AgreementReference`` is the same at one voxel, as the method says it.
public struct AgreementStatistic: Sendable {
    /// What the statistic depends on besides the studies.
    public struct Options: Hashable, Sendable {
        /// Experiments left out in the search for the most likely effect (``MostLikelyEffect``).
        public var leaveOut: Int
        /// Assumed between the errors of experiments of one sample.
        public var sampleCorrelation: Double
        /// Least number of samples that tell of a voxel, and least share of all; the larger counts.
        public var leastTelling = 2
        public var leastTellingShare = 0.1

        public init(leaveOut: Int, sampleCorrelation: Double = 0.5) {
            self.leaveOut = leaveOut
            self.sampleCorrelation = sampleCorrelation
        }
    }

    /// An experiment, ready for the loops.
    private struct Row: Sendable {
        var threshold: Float
        var constant: Float
        var quadratic: Float
        /// Of its score (``AgreementReference/scoreWeight(ofExperiments:correlation:)``).
        var weight: Float
        var joinsNext: Bool
        /// Which other experiments say the same where they are silent; −1 for none.
        var group: Int
        var heights: [Float]
        var map: [Float]?
        var coverage: [Bool]?
    }

    private let rows: [Row]
    /// Experiments by sample.
    private let samples: [[Int]]
    /// How many experiments say the same, by group.
    private let groupSizes: [Int]
    /// Samples given as maps that have a value, by voxel; empty without maps.
    private let mapsTelling: [Int32]
    public let voxelCount: Int
    public let options: Options
    public let instructions: VectorInstructions
    let library: KernelLibrary

    /// Samples that must tell of a voxel: max(2, ⌈10 % of the samples⌉).
    public let leastTelling: Int

    /// - Parameters:
    ///   - studies: experiments that are combined stand together.
    ///   - rows: which of them are combined; each experiment by itself where nil.
    init(
        _ studies: [AgreementStudy], rows joined: SampleRows?, library: KernelLibrary, voxelCount: Int,
        options: Options, instructions: VectorInstructions
    ) {
        let joined = joined ?? SampleRows(samples: studies.map(\.id), rule: .separate, correlation: 0)
        var groups: [[Float]: Int] = [:]
        var sizes: [Int] = []
        rows = studies.indices.map { index in
            let study = studies[index]
            let isMap = study.map != nil
            // Coverage of another mask says nothing here.
            let coverage = study.coverage?.count == voxelCount ? study.coverage : nil
            let b = Float(study.thresholdG ?? 0)
            let row = joined.rows.first { $0.contains(index) } ?? index..<index + 1
            var group = -1
            if !isMap, coverage == nil, row.count == 1 {
                let key = [b, Float(study.scale.constantVariance), Float(study.scale.quadraticVariance)]
                group = groups[key] ?? sizes.count
                if group == sizes.count {
                    groups[key] = group
                    sizes.append(0)
                }
                sizes[group] += 1
            }
            return Row(
                threshold: b, constant: Float(study.scale.constantVariance),
                quadratic: Float(study.scale.quadraticVariance),
                weight: Float(
                    AgreementReference.scoreWeight(ofExperiments: row.count, correlation: options.sampleCorrelation)),
                joinsNext: index + 1 < row.upperBound, group: group, heights: study.peaks.map { Float($0.g) },
                map: study.map, coverage: coverage)
        }
        groupSizes = sizes
        var order: [String] = []
        var members: [String: [Int]] = [:]
        for index in studies.indices {
            if members[studies[index].sample] == nil { order.append(studies[index].sample) }
            members[studies[index].sample, default: []].append(index)
        }
        samples = order.map { members[$0] ?? [] }
        leastTelling = max(
            options.leastTelling, Int((options.leastTellingShare * Double(samples.count) - 1e-9).rounded(.up)))
        let mapped = samples.map { $0.filter { studies[$0].map != nil } }.filter { !$0.isEmpty }
        mapsTelling =
            mapped.isEmpty
            ? []
            : (0..<voxelCount).map { voxel in
                Int32(mapped.count { $0.contains { !(studies[$0].map?[voxel].isNaN ?? true) } })
            }
        self.library = library
        self.voxelCount = voxelCount
        self.options = options
        self.instructions = instructions
    }

    /// Memory reused between maps. One per worker.
    public final class Scratch {
        let telling: UnsafeMutablePointer<Int32>
        let seen: UnsafeMutablePointer<Int32>
        /// Candidates before each voxel.
        let before: UnsafeMutablePointer<Int32>
        /// The statistic, one value per mask voxel.
        public internal(set) var z: [Float]
        /// The most likely mean where z∞ was computed, NaN elsewhere; kept only where asked for.
        public internal(set) var mean: [Float] = []
        var candidates: [Int32] = []
        var sums: [SIMD4<Float>] = []
        var lower: [Float] = []
        var upper: [Float] = []
        var slopes: [Float] = []
        var informations: [Float] = []
        var passing: [Int32] = []

        init(voxels: Int) {
            telling = .allocate(capacity: voxels)
            seen = .allocate(capacity: voxels)
            seen.initialize(repeating: -1, count: voxels)
            before = .allocate(capacity: voxels + 1)
            z = Array(repeating: 0, count: voxels)
        }

        deinit {
            telling.deallocate()
            seen.deallocate()
            before.deallocate()
        }
    }

    public func makeScratch() -> Scratch { Scratch(voxels: voxelCount) }

    /// The statistic's map, into ``Scratch/z``: 0 where too few samples tell of a voxel.
    ///
    /// - Parameters:
    ///   - kernels: of every peak, by experiment (``Relocation``); −1 for peaks that are not used.
    ///   - maps: in place of the maps of the experiments given as maps, by experiment; nil leaves them as they are.
    func map(_ kernels: [[Int32]], maps: [[Float]?]? = nil, keepsMean: Bool = false, scratch: Scratch) {
        countTelling(kernels, scratch)
        let count = scratch.candidates.count
        scratch.z.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        if keepsMean { scratch.mean = Array(repeating: .nan, count: voxelCount) }
        guard count > 0 else { return }
        let padded = (count + 15) / 16 * 16
        scratch.slopes = Array(repeating: 0, count: padded)
        scratch.informations = Array(repeating: 0, count: padded)
        let needed = rows.count * padded
        if scratch.lower.count < needed {
            scratch.lower = Array(repeating: 0, count: needed)
            scratch.upper = Array(repeating: 0, count: needed)
        }
        for index in rows.indices {
            setBounds(index, kernels[index], map: maps?[index] ?? rows[index].map, padded: padded, scratch)
            addScore(index, padded: padded, scratch)
        }
        prune(keepsMean: keepsMean, padded: padded, scratch)
    }

    /// Counts the samples that tell of each voxel, and lists the candidates: voxels of which enough do.
    private func countTelling(_ kernels: [[Int32]], _ scratch: Scratch) {
        let telling = scratch.telling
        let seen = scratch.seen
        if mapsTelling.isEmpty {
            telling.update(repeating: 0, count: voxelCount)
        } else {
            for voxel in 0..<voxelCount { telling[voxel] = mapsTelling[voxel] }
        }
        for (number, sample) in samples.enumerated() where !sample.contains(where: { rows[$0].map != nil }) {
            let stamp = Int32(truncatingIfNeeded: number)
            for index in sample {
                for kernel in kernels[index] where kernel >= 0 {
                    let kernel = library.kernels[Int(kernel)]
                    for (start, length) in zip(kernel.nearStarts, kernel.nearLengths) {
                        for voxel in Int(start)..<Int(start) + Int(length) where seen[voxel] != stamp {
                            seen[voxel] = stamp
                            telling[voxel] += 1
                        }
                    }
                }
            }
        }
        seen.update(repeating: -1, count: voxelCount)
        scratch.candidates.removeAll(keepingCapacity: true)
        let least = Int32(leastTelling)
        var found: Int32 = 0
        for voxel in 0..<voxelCount {
            scratch.before[voxel] = found
            if telling[voxel] >= least {
                scratch.candidates.append(Int32(truncatingIfNeeded: voxel))
                found += 1
            }
        }
        scratch.before[voxelCount] = found
    }

    /// The bounds of an experiment at the candidates (``BoundsBuilder``): with q = D⁻² and the kernel's height w,
    /// upper = b + Σq·w·(g − b)/Σq and lower = −b + Σq·w·(g + b)/Σq.
    private func setBounds(
        _ index: Int, _ kernels: [Int32], map: [Float]?, padded: Int, _ scratch: Scratch
    ) {
        let row = rows[index]
        let base = index * padded
        let count = scratch.candidates.count
        scratch.lower.withUnsafeMutableBufferPointer { lower in
            scratch.upper.withUnsafeMutableBufferPointer { upper in
                let b = row.threshold
                for place in base..<base + padded {
                    lower[place] = -b
                    upper[place] = b
                }
                if let map {
                    for candidate in 0..<count {
                        let value = map[Int(scratch.candidates[candidate])]
                        lower[base + candidate] = value
                        upper[base + candidate] = value
                    }
                    return
                }
                if kernels.contains(where: { $0 >= 0 }) {
                    spread(row, kernels, scratch)
                    for candidate in 0..<count {
                        // Σq, Σq·w, Σq·w·g
                        let sum = scratch.sums[candidate]
                        if sum.x > 0 {
                            let height = sum.y / sum.x
                            let effect = sum.z / sum.x
                            // In a core the sums' first two parts are equal to the last bit, and so are the bounds.
                            let rest = b * (1 - height)
                            lower[base + candidate] = effect - rest
                            upper[base + candidate] = effect + rest
                        }
                    }
                }
                if let coverage = row.coverage {
                    for candidate in 0..<count where !coverage[Int(scratch.candidates[candidate])] {
                        lower[base + candidate] = .nan
                        upper[base + candidate] = .nan
                    }
                }
            }
        }
    }

    /// Sums over the experiment's peaks at the candidates.
    private func spread(_ row: Row, _ kernels: [Int32], _ scratch: Scratch) {
        let count = scratch.candidates.count
        scratch.sums.removeAll(keepingCapacity: true)
        scratch.sums.append(contentsOf: repeatElement(.zero, count: count))
        let before = scratch.before
        var table = [SIMD4<Float>](repeating: .zero, count: 256)
        scratch.sums.withUnsafeMutableBufferPointer { sums in
            for (peak, kernel) in kernels.enumerated() where kernel >= 0 {
                let kernel = library.kernels[Int(kernel)]
                let g = row.heights[peak]
                for level in 0..<256 {
                    let q = library.inverseSquares[level]
                    let height = q * library.heights[level]
                    table[level] = [q, height, height * g, 0]
                }
                var next = 0
                table.withUnsafeBufferPointer { table in
                    for (start, length) in zip(kernel.starts, kernel.lengths) {
                        let first = before + Int(start)
                        let length = Int(length)
                        if first[0] != first[length] {
                            for step in 0..<length where first[step] != first[step + 1] {
                                sums[Int(first[step])] += table[Int(kernel.levels[next + step])]
                            }
                        }
                        next += length
                    }
                }
            }
        }
    }

    private func addScore(_ index: Int, padded: Int, _ scratch: Scratch) {
        let row = rows[index]
        scratch.lower.withUnsafeBufferPointer { lower in
            scratch.upper.withUnsafeBufferPointer { upper in
                guard let low = lower.baseAddress, let high = upper.baseAddress else { return }
                cuneus_agreement_scores(
                    instructions.code, low + index * padded, high + index * padded, row.constant, row.quadratic,
                    row.weight, padded, &scratch.slopes, &scratch.informations)
            }
        }
    }

    /// A share of the score where it is small, z∞ where it is not.
    private func prune(keepsMean: Bool, padded: Int, _ scratch: Scratch) {
        scratch.passing.removeAll(keepingCapacity: true)
        let least = Float(AgreementReference.pruning)
        let share = Float(AgreementReference.scoreShare)
        for (candidate, voxel) in scratch.candidates.enumerated() {
            let information = scratch.informations[candidate]
            guard information > 0 else { continue }
            let score = scratch.slopes[candidate] / information.squareRoot()
            if abs(score) >= least {
                scratch.passing.append(Int32(candidate))
            } else {
                scratch.z[Int(voxel)] = share * score
            }
        }
        let tile = Int(CUNEUS_AGREEMENT_TILE)
        guard !scratch.passing.isEmpty else { return }
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: 4 * rows.count * (Int(CUNEUS_AGREEMENT_SCRATCH) + 2 * tile), alignment: 64)
        defer { memory.deallocate() }
        let search = memory.assumingMemoryBound(to: Float.self)
        let lower = search + rows.count * Int(CUNEUS_AGREEMENT_SCRATCH)
        let upper = lower + rows.count * tile
        var z = [Float](repeating: 0, count: tile)
        var mean = z
        for first in stride(from: 0, to: scratch.passing.count, by: tile) {
            let lanes = scratch.passing[first..<min(first + tile, scratch.passing.count)]
            let entries = gather(lanes, padded: padded, lower: lower, upper: upper, scratch)
            var model = cuneus_agreement_model(
                entries: Int32(entries.count), leave_out: Int32(options.leaveOut),
                sample_correlation: Float(options.sampleCorrelation))
            cuneus_agreement_limits(instructions.code, &model, entries, lower, upper, search, &z, &mean)
            for (lane, candidate) in lanes.enumerated() where z[lane].isFinite {
                let voxel = Int(scratch.candidates[Int(candidate)])
                scratch.z[voxel] = z[lane]
                if keepsMean { scratch.mean[voxel] = mean[lane] }
            }
        }
    }

    /// The entries of a tile: experiments one by one where they have something to say in any lane, else by group.
    private func gather(
        _ lanes: ArraySlice<Int32>, padded: Int, lower: UnsafeMutablePointer<Float>,
        upper: UnsafeMutablePointer<Float>, _ scratch: Scratch
    ) -> [cuneus_agreement_entry] {
        let tile = Int(CUNEUS_AGREEMENT_TILE)
        var entries: [cuneus_agreement_entry] = []
        entries.reserveCapacity(rows.count)
        // Silent experiments of each group, and one of them.
        var silent = [Int](repeating: 0, count: groupSizes.count)
        var member = silent
        for (index, row) in rows.enumerated() {
            let base = index * padded
            var isSilent = row.group >= 0
            if isSilent {
                for candidate in lanes {
                    let place = base + Int(candidate)
                    if scratch.lower[place] != -row.threshold || scratch.upper[place] != row.threshold {
                        isSilent = false
                        break
                    }
                }
            }
            if isSilent {
                silent[row.group] += 1
                member[row.group] = index
                continue
            }
            let to = entries.count * tile
            var lane = to
            for candidate in lanes {
                lower[lane] = scratch.lower[base + Int(candidate)]
                upper[lane] = scratch.upper[base + Int(candidate)]
                lane += 1
            }
            // Lanes beyond the last voxel repeat it.
            while lane < to + tile {
                lower[lane] = lower[lane - 1]
                upper[lane] = upper[lane - 1]
                lane += 1
            }
            entries.append(
                cuneus_agreement_entry(
                    constant_variance: row.constant, quadratic_variance: row.quadratic, count: 1,
                    joins_next: row.joinsNext))
        }
        for group in silent.indices where silent[group] > 0 {
            let row = rows[member[group]]
            for lane in entries.count * tile..<(entries.count + 1) * tile {
                lower[lane] = -row.threshold
                upper[lane] = row.threshold
            }
            entries.append(
                cuneus_agreement_entry(
                    constant_variance: row.constant, quadratic_variance: row.quadratic, count: Float(silent[group]),
                    joins_next: false))
        }
        return entries
    }
}
