import Foundation
import Inference
import Statistics
import Synchronization
import VoxelKernels

/// Statistics of permuted images, tile by tile.
///
/// With e the residuals of the model without what is tested (Freedman & Lane 1983, doi:10.2307/1391660), of length 1 at each
/// voxel, a the tested direction and N the rest of the design (all orthonormal), a permutation P has
/// ρ = a'Pe/√(1 − ‖N'Pe‖²) and t = ρ√(df/(1 − ρ²)): only weighted sums of e are needed. For a mean there is no N, and ρ is a
/// signed sum of y/√(kΣy²), read from tables (`FlipKernels`). The data themselves go the same way, so that a permutation
/// that leaves the data as they are ties with them exactly.
final class PermutationEngine: Sendable {
    let data: PermutationData
    let bags: [PermutationBag]
    let permutations: ImagePermutations
    private let tables: [TailTable]
    private let tiles: [(bag: Int, first: Int)]
    private let instructions: VectorInstructions
    /// Of a mean: the pattern of each permutation's groups of five samples.
    private let codes: [UInt8]
    private let groups: Int
    /// Of a design: signs and orders of all permutations, [permutations][samples].
    private let flips: [Bool]
    private let orders: [Int32]

    private static let tile = Int(CUNEUS_TILE)

    init(_ data: PermutationData, _ permutations: ImagePermutations, instructions: VectorInstructions)
        throws(ImageError)
    {
        guard permutations.samples == data.rows.count else {
            throw .mismatch("Permutations of \(permutations.samples) samples for \(data.rows.count).")
        }
        self.data = data
        self.permutations = permutations
        self.instructions = instructions
        let bags = PermutationBag.all(data)
        guard !bags.isEmpty else { throw .tooFewStudies(needed: data.design.columns + 1, found: 0) }
        self.bags = bags
        var known: [Int: TailTable] = [:]
        for bag in bags where known[bag.degreesOfFreedom] == nil {
            known[bag.degreesOfFreedom] = TailTable(degreesOfFreedom: Double(bag.degreesOfFreedom))
        }
        tables = bags.map { known[$0.degreesOfFreedom] ?? TailTable(degreesOfFreedom: Double($0.degreesOfFreedom)) }
        tiles = bags.indices.flatMap { bag in
            stride(from: 0, to: bags[bag].voxels.count, by: Self.tile).map { (bag, $0) }
        }
        let isMean = bags[0].tested.isEmpty
        groups = (data.rows.count + 4) / 5
        if isMean {
            guard permutations.kind == .signFlips else {
                throw .design("The mean of all studies is tested by sign flips, not by changing their order.")
            }
            codes = Self.codes(permutations, groups: groups)
            flips = []
            orders = []
        } else {
            codes = []
            flips = (0..<permutations.count).flatMap { permutations.flips($0) }
            orders = (0..<permutations.count).flatMap { permutations.order($0).map { Int32($0) } }
        }
    }

    private static func codes(_ permutations: ImagePermutations, groups: Int) -> [UInt8] {
        var codes = [UInt8](repeating: 0, count: permutations.count * groups)
        for number in 0..<permutations.count {
            for (sample, isFlipped) in permutations.flips(number).enumerated() where isFlipped {
                codes[number * groups + sample / 5] |= 1 << UInt8(sample % 5)
            }
        }
        return codes
    }

    /// What each residual is multiplied by: a'Pe = Σᵢ aᵢ·sᵢ·e(order i), of the bag's samples in the order they have among
    /// all; the same for N'P: [1 + columns of N][permutations][samples].
    private func weights(_ bag: PermutationBag, _ range: Range<Int>) -> [Float] {
        let size = bag.samples.count
        let all = permutations.samples
        var place = [Int](repeating: -1, count: all)
        for (row, sample) in bag.samples.enumerated() { place[sample] = row }
        let vectors = [bag.tested] + bag.nuisance
        var weights = [Float](repeating: 0, count: vectors.count * range.count * size)
        for number in range {
            var row = 0
            for next in 0..<all {
                let from = place[Int(orders[number * all + next])]
                if from < 0 { continue }
                let isFlipped = flips[number * all + bag.samples[from]]
                for (v, vector) in vectors.enumerated() {
                    let start = (v * range.count + number - range.lowerBound) * size
                    weights[start + from] = Float(isFlipped ? -vector[row] : vector[row])
                }
                row += 1
            }
        }
        return weights
    }

    /// z of a ρ, the same bits for the same bits.
    @inline(__always)
    private static func z(_ rho: Float, _ table: TailTable) -> Float {
        // A ρ of 1 within rounding has no finite t.
        let r = min(Double(abs(rho)), 1 - 0x1p-24)
        let t = r * (table.degreesOfFreedom / ((1 - r) * (1 + r))).squareRoot()
        let z = Float(table(t).z)
        return rho < 0 ? -z : z
    }

    /// Memory of one worker.
    private final class Scratch {
        let values, tables, sums: UnsafeMutablePointer<Float>
        let norms: UnsafeMutablePointer<Double>
        /// Those of the bag and permutations last asked for: tiles of a bag follow each other.
        var weights: [Float] = []
        var weighted: (bag: Int, range: Range<Int>) = (-1, 0..<0)

        init(samples: Int, groups: Int, sums count: Int) {
            func room(_ count: Int) -> UnsafeMutablePointer<Float> {
                let start = UnsafeMutableRawPointer.allocate(byteCount: max(64, 4 * count), alignment: 64)
                    .assumingMemoryBound(to: Float.self)
                start.initialize(repeating: 0, count: max(16, count))
                return start
            }
            let tile = PermutationEngine.tile
            values = room(max(samples, groups * 5) * tile)
            tables = room(groups * 32 * tile)
            sums = room(count * tile)
            norms = .allocate(capacity: tile)
        }

        deinit {
            values.deallocate()
            tables.deallocate()
            sums.deallocate()
            norms.deallocate()
        }
    }

    /// Residuals of length 1 (of a mean y/√(kΣy²)) of a tile's voxels; the places after the last voxel are 0.
    private func gather(_ bag: PermutationBag, first: Int, _ scratch: Scratch) -> Int {
        let tile = Self.tile
        let size = min(tile, bag.voxels.count - first)
        let norms = scratch.norms
        norms.update(repeating: 0, count: tile)
        bag.voxels.withUnsafeBufferPointer { voxels in
            for (row, sample) in bag.samples.enumerated() {
                let image = data.rows[sample]
                let values = scratch.values + row * tile
                for n in 0..<tile {
                    let value = n < size ? image[Int(voxels[first + n])] : 0
                    values[n] = value == value ? value : 0
                    norms[n] += Double(values[n]) * Double(values[n])
                }
            }
        }
        if bag.tested.isEmpty {
            for n in 0..<tile { norms[n] *= Double(bag.degreesOfFreedom + 1) }
        } else {
            project(bag, scratch)
        }
        for n in 0..<tile { norms[n] = norms[n] > 0 ? 1 / norms[n].squareRoot() : 0 }
        for row in bag.samples.indices {
            let values = scratch.values + row * tile
            for n in 0..<tile { values[n] = Float(Double(values[n]) * norms[n]) }
        }
        return size
    }

    /// Takes the rest of the design out of a tile; its squared lengths go to the norms.
    private func project(_ bag: PermutationBag, _ scratch: Scratch) {
        let tile = Self.tile
        var column = [Double](repeating: 0, count: bag.samples.count)
        for n in 0..<tile {
            for row in column.indices { column[row] = Double(scratch.values[row * tile + n]) }
            for vector in bag.nuisance {
                var along = 0.0
                for row in column.indices { along += vector[row] * column[row] }
                for row in column.indices { column[row] -= along * vector[row] }
            }
            var square = 0.0
            for row in column.indices {
                square += column[row] * column[row]
                scratch.values[row * tile + n] = Float(column[row])
            }
            scratch.norms[n] = square
        }
    }

    /// ρ of some permutations at a tile: sums[permutation][tile].
    private func correlate(_ index: Int, _ bag: PermutationBag, _ range: Range<Int>, _ scratch: Scratch) {
        let tile = Self.tile
        if bag.tested.isEmpty {
            cuneus_flip_tables(instructions.code, scratch.values, Int32(groups), scratch.tables)
            codes.withUnsafeBufferPointer {
                cuneus_flip_sums(
                    instructions.code, scratch.tables, Int32(groups), $0.baseAddress! + range.lowerBound * groups,
                    range.count, scratch.sums, tile)
            }
            return
        }
        let size = bag.samples.count
        let block = range.count * tile
        if scratch.weighted != (index, range) {
            scratch.weights = weights(bag, range)
            scratch.weighted = (index, range)
        }
        scratch.weights.withUnsafeBufferPointer { weights in
            for v in 0...bag.nuisance.count {
                cuneus_permuted_means(
                    instructions.code, scratch.values, Int32(size),
                    weights.baseAddress! + v * range.count * size, Int32(range.count),
                    scratch.sums + v * block, tile)
            }
        }
        for n in 0..<block {
            var rest: Float = 1
            for v in 1...max(1, bag.nuisance.count) where v <= bag.nuisance.count {
                let along = scratch.sums[v * block + n]
                rest -= along * along
            }
            scratch.sums[n] = rest > 1e-6 ? scratch.sums[n] / rest.squareRoot() : 0
        }
    }

    private var mostNuisance: Int { bags.map(\.nuisance.count).max() ?? 0 }

    /// z maps of some permutations, one after the other; NaN where nothing is tested.
    func maps(_ range: Range<Int>, into maps: UnsafeMutablePointer<Float>) {
        self.maps(range, tiles: tiles.indices, into: maps)
    }

    /// The data's own z map, by all workers.
    func observed(_ workers: Workers) async throws -> [Float] {
        let map = SharedArray(repeating: Float.nan, count: data.voxels)
        let stretch = 128
        try await workers.forEach((tiles.count + stretch - 1) / stretch) { [self] piece in
            maps(0..<1, tiles: piece * stretch..<min(tiles.count, (piece + 1) * stretch), into: map.buffer.baseAddress!)
        }
        return map.array
    }

    private func maps(_ range: Range<Int>, tiles numbers: Range<Int>, into maps: UnsafeMutablePointer<Float>) {
        let scratch = Scratch(
            samples: data.rows.count, groups: groups, sums: range.count * (1 + mostNuisance))
        for (index, first) in tiles[numbers] {
            let bag = bags[index]
            let size = gather(bag, first: first, scratch)
            correlate(index, bag, range, scratch)
            for number in 0..<range.count {
                for n in 0..<size {
                    maps[number * data.voxels + Int(bag.voxels[first + n])] = Self.z(
                        scratch.sums[number * Self.tile + n], tables[index])
                }
            }
        }
    }

    /// The largest |z| of every permutation.
    func maxima(_ workers: Workers, _ progress: any ProgressObserver) async throws -> [Float] {
        let classes = Array(Set(bags.map(\.degreesOfFreedom))).sorted()
        let classOf = bags.map { classes.firstIndex(of: $0.degreesOfFreedom) ?? 0 }
        let found = Mutex([[Float]](repeating: [Float](repeating: 0, count: permutations.count), count: classes.count))
        let stretch = max(8, min(256, tiles.count / (workers.threads * 8) + 1))
        let pieces = (tiles.count + stretch - 1) / stretch
        progress.began("permutations", units: pieces)
        try await workers.forEach(pieces) { [self] piece in
            let batch = bags[0].tested.isEmpty ? permutations.count : min(permutations.count, 4096)
            let scratch = Scratch(
                samples: data.rows.count, groups: groups,
                sums: bags[0].tested.isEmpty ? 1 : batch * (1 + mostNuisance))
            let lanes = UnsafeMutableRawPointer.allocate(byteCount: 64 * permutations.count, alignment: 64)
                .assumingMemoryBound(to: SIMD16<Float>.self)
            defer { lanes.deallocate() }
            lanes.initialize(repeating: .zero, count: permutations.count)
            let range = piece * stretch..<min(tiles.count, (piece + 1) * stretch)
            for number in range {
                let (index, first) = tiles[number]
                let bag = bags[index]
                _ = gather(bag, first: first, scratch)
                if bag.tested.isEmpty {
                    cuneus_flip_tables(instructions.code, scratch.values, Int32(groups), scratch.tables)
                    codes.withUnsafeBufferPointer { codes in
                        lanes.withMemoryRebound(to: Float.self, capacity: 16 * permutations.count) { lanes in
                            cuneus_flip_maxima(
                                instructions.code, scratch.tables, Int32(groups), codes.baseAddress!,
                                permutations.count, lanes)
                        }
                    }
                } else {
                    for start in stride(from: 0, to: permutations.count, by: batch) {
                        let some = start..<min(permutations.count, start + batch)
                        correlate(index, bag, some, scratch)
                        for p in some {
                            for n in 0..<Self.tile {
                                let size = abs(scratch.sums[(p - start) * Self.tile + n])
                                lanes[p][n % 16] = max(lanes[p][n % 16], size)
                            }
                        }
                    }
                }
                // Tiles of one class follow each other: hand over when it changes.
                let isLast = number + 1 == range.upperBound || classOf[tiles[number + 1].bag] != classOf[index]
                guard isLast else { continue }
                found.withLock { found in
                    for p in 0..<permutations.count {
                        let largest = lanes[p].max()
                        if largest > found[classOf[index]][p] { found[classOf[index]][p] = largest }
                        lanes[p] = .zero
                    }
                }
            }
            progress.advanced(by: 1)
        }
        progress.ended()
        let largest = found.withLock { $0 }
        let tailTables = classes.map { df in tables[bags.firstIndex { $0.degreesOfFreedom == df } ?? 0] }
        return (0..<permutations.count).map { p in
            classes.indices.reduce(0) { max($0, Self.z(largest[$1][p], tailTables[$1])) }
        }
    }
}
