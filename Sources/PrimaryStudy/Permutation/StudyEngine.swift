import Foundation
import Imaging
import Inference
import Statistics
import VoxelKernels

/// Statistics of rearranged maps, tile by tile.
///
/// With e the residuals of the model without what is tested, of length 1 at each voxel, A an orthonormal basis of what is tested
/// and N one of the rest, a rearrangement P has F = (‖A'Pe‖²/q)/((1 − ‖N'Pe‖² − ‖A'Pe‖²)/df), and t is its signed root:
/// only weighted sums of e are needed, and the sum of squares of one sample is never made anew. The data themselves go the same
/// way, so that a rearrangement that leaves them as they are ties with them exactly.
final class StudyEngine: Sendable {
    let voxels: Int
    let bags: [StudyBag]
    let statistic: StudyStatistic
    let combinations: Int
    let rearrangements: Rearrangements
    /// Whether values are z, because degrees of freedom vary.
    let isScore: Bool
    /// The degrees of freedom of every tested voxel; nil where they vary.
    let degreesOfFreedom: Int?
    private let nuisance: ExchangeScheme.Nuisance
    private let tables: [ScoreTable?]
    private let variance: [VarianceModel?]
    /// First tile of each bag, and one past the last.
    let firstTiles: [Int]
    private let instructions: VectorInstructions
    /// Residuals of length 1: of each tile [rows of its bag][tile].
    private let values: SharedArray<Float>
    private let starts: [Int]
    /// Length of the residuals by tile and lane, for smoothed variances.
    private let norms: [Float]
    private let smoother: (mask: MaskSmoother, positions: [Int32])?

    static let tile = Int(CUNEUS_TILE)

    init(
        _ rows: [[Float]], mask: Mask?, design: StudyDesign, contrast: StudyContrast, statistic: StudyStatistic,
        minimum: Int, rearrangements: Rearrangements, instructions: VectorInstructions = .best
    ) throws(StudyError) {
        guard rows.count == design.rows else {
            throw .data("\(rows.count) maps for \(design.rows) rows of the design.")
        }
        guard rearrangements.rows == design.rows else {
            throw .data("Rearrangements of \(rearrangements.rows) rows for \(design.rows).")
        }
        voxels = rows.first?.count ?? 0
        self.statistic = statistic
        self.rearrangements = rearrangements
        self.instructions = instructions
        combinations = contrast.rows.count
        nuisance = design.exchange.nuisance
        let isMean = design.matrix.columns == 1 && Set(design.matrix.elements).count == 1
        let bags = StudyBag.all(
            rows, design: design, contrast: contrast, minimum: minimum,
            poolsMean: isMean && !rearrangements.hasOrders && statistic != .unequalVariances)
        guard !bags.isEmpty else {
            throw .data("No voxel has values in \(minimum) maps with which \(contrast.name) can be estimated.")
        }
        self.bags = bags
        let kinds = Set(bags.map(\.degreesOfFreedom))
        degreesOfFreedom = kinds.count == 1 ? kinds.first : nil
        isScore = statistic == .classical && kinds.count > 1
        var known: [Int: ScoreTable] = [:]
        if isScore { for df in kinds { known[df] = ScoreTable(numerator: combinations, denominator: df) } }
        tables = bags.map { known[$0.degreesOfFreedom] }
        variance = try Self.varianceModels(bags, design, statistic)
        (firstTiles, starts) = Self.layout(bags)
        (values, norms) = Self.residuals(rows, bags, firstTiles: firstTiles, starts: starts)
        smoother = try Self.smoother(statistic, mask, bags, combinations)
    }

    private static func varianceModels(
        _ bags: [StudyBag], _ design: StudyDesign, _ statistic: StudyStatistic
    ) throws(StudyError) -> [VarianceModel?] {
        guard statistic == .unequalVariances else { return bags.map { _ in nil } }
        guard let groups = design.varianceGroups else {
            throw .design("Unequal variances need groups of rows, each with a variance of its own.")
        }
        guard design.exchange.nuisance == .freedmanLane else {
            throw .design("Unequal variances are tested by rearranging residuals (Freedman–Lane) only.")
        }
        return bags.map { VarianceModel($0, groups: groups) }
    }

    private static func layout(_ bags: [StudyBag]) -> (firstTiles: [Int], starts: [Int]) {
        var first = [0]
        var starts: [Int] = []
        var place = 0
        for bag in bags {
            let count = (bag.voxels.count + tile - 1) / tile
            for _ in 0..<count {
                starts.append(place)
                place += bag.rows.count * tile
            }
            first.append(first[first.count - 1] + count)
        }
        return (first, starts + [place])
    }

    private static func residuals(
        _ rows: [[Float]], _ bags: [StudyBag], firstTiles: [Int], starts: [Int]
    ) -> (SharedArray<Float>, [Float]) {
        let values = SharedArray(repeating: Float(0), count: max(1, starts[starts.count - 1]))
        var norms = [Float](repeating: 0, count: max(1, starts.count - 1) * tile)
        let target = values.buffer
        for (index, bag) in bags.enumerated() {
            let size = bag.rows.count
            var block = [Double](repeating: 0, count: size * tile)
            for number in firstTiles[index]..<firstTiles[index + 1] {
                let first = (number - firstTiles[index]) * tile
                let width = min(tile, bag.voxels.count - first)
                for (place, row) in bag.rows.enumerated() {
                    rows[row].withUnsafeBufferPointer { source in
                        for lane in 0..<width {
                            let value = source[Int(bag.voxels[first + lane])]
                            block[place * tile + lane] = value == value ? Double(value) : 0
                        }
                    }
                }
                if bag.meanWeight == nil {
                    for vector in bag.space.nuisance { takeOut(vector, &block, size) }
                    // Once more, for what rounding left.
                    for vector in bag.space.nuisance { takeOut(vector, &block, size) }
                }
                for lane in 0..<width {
                    var square = 0.0
                    for place in 0..<size { square += block[place * tile + lane] * block[place * tile + lane] }
                    let norm = square.squareRoot()
                    norms[number * tile + lane] = Float(norm)
                    let factor = norm > 0 ? 1 / norm : 0
                    for place in 0..<size {
                        target[starts[number] + place * tile + lane] = Float(block[place * tile + lane] * factor)
                    }
                }
            }
        }
        return (values, norms)
    }

    private static func takeOut(_ vector: [Double], _ block: inout [Double], _ size: Int) {
        block.withUnsafeMutableBufferPointer { block in
            for lane in 0..<tile {
                var along = 0.0
                for place in 0..<size { along += vector[place] * block[place * tile + lane] }
                for place in 0..<size { block[place * tile + lane] -= along * vector[place] }
            }
        }
    }

    private static func smoother(
        _ statistic: StudyStatistic, _ mask: Mask?, _ bags: [StudyBag], _ combinations: Int
    ) throws(StudyError) -> (mask: MaskSmoother, positions: [Int32])? {
        guard case .smoothedVariance(let fwhm) = statistic else { return nil }
        guard fwhm > 0, fwhm <= 100 else {
            throw .setting(name: "smoothing of the variance (mm)", value: fwhm, allowed: "above 0, at most 100")
        }
        guard combinations == 1 else { throw .design("Smoothed variances are for single contrasts (t), not F.") }
        guard let mask else { throw .design("Variances of regions cannot be smoothed over space.") }
        // Only voxels that are tested have a variance.
        let positions = bags.flatMap(\.voxels).sorted()
        var inside = [Bool](repeating: false, count: mask.grid.count)
        for position in positions { inside[Int(mask.voxels[Int(position)])] = true }
        return (MaskSmoother(Mask(grid: mask.grid) { inside[$0] }, fwhm: fwhm), positions)
    }

    /// Weighted sums a bag needs of each rearrangement.
    private func vectors(_ index: Int) -> Int {
        let bag = bags[index]
        if bag.meanWeight != nil { return 1 }
        if variance[index] != nil { return bag.space.tested.count + bag.rows.count }
        return bag.space.tested.count + (nuisance == .freedmanLane ? bag.space.nuisance.count : 0)
    }

    /// What each residual is multiplied by: [vectors][rearrangements][rows of the bag].
    private func weights(_ index: Int, _ range: Range<Int>) -> [Float] {
        let bag = bags[index]
        let size = bag.rows.count
        var weights = [Float](repeating: 0, count: vectors(index) * range.count * size)
        if let weight = bag.meanWeight {
            let own = (bag.space.tested.first?.first ?? 1) < 0 ? -weight : weight
            for (place, number) in range.enumerated() {
                for (row, isFlipped) in rearrangements.flips(number).enumerated() {
                    weights[place * size + row] = isFlipped ? -own : own
                }
            }
            return weights
        }
        var fixed = bag.space.tested
        if let model = variance[index] {
            fixed += model.residualMaker
        } else if nuisance == .freedmanLane {
            fixed += bag.space.nuisance
        }
        var places = [Int](repeating: -1, count: rearrangements.rows)
        for (place, row) in bag.rows.enumerated() { places[row] = place }
        for (step, number) in range.enumerated() {
            let (sources, signs) = arrangement(number, places, size)
            if nuisance == .draperStoneman {
                let moved = bag.space.effects.map { column in
                    (0..<size).map { signs[$0] ? -column[sources[$0]] : column[sources[$0]] }
                }
                guard let basis = TestedSpace.orthonormal(moved, without: bag.space.nuisance) else { continue }
                for (v, vector) in basis.enumerated() {
                    for row in 0..<size { weights[(v * range.count + step) * size + row] = Float(vector[row]) }
                }
                continue
            }
            for (v, vector) in fixed.enumerated() {
                let start = (v * range.count + step) * size
                for row in 0..<size {
                    weights[start + sources[row]] = Float(signs[row] ? -vector[row] : vector[row])
                }
            }
        }
        return weights
    }

    /// Where each present row's data come from among those present, and whether their sign is flipped. Rows without data are
    /// passed over within their block.
    private func arrangement(_ number: Int, _ places: [Int], _ size: Int) -> (sources: [Int], signs: [Bool]) {
        let order = rearrangements.order(number)
        let flips = rearrangements.flips(number)
        var sources = [Int](repeating: 0, count: size)
        var signs = [Bool](repeating: false, count: size)
        for block in rearrangements.blocks {
            let slots = block.filter { places[$0] >= 0 }
            let data = block.map { order[$0] }.filter { places[$0] >= 0 }
            for (slot, source) in zip(slots, data) {
                sources[places[slot]] = places[source]
                signs[places[slot]] = flips[source]
            }
        }
        return (sources, signs)
    }

    /// Maps of the statistic, [rearrangements][voxels]; NaN where nothing is tested.
    func maps(_ range: Range<Int>, into maps: UnsafeMutablePointer<Float>) {
        let variances: UnsafeMutablePointer<Float>? =
            smoother == nil ? nil : .allocate(capacity: range.count * voxels)
        defer { variances?.deallocate() }
        for index in bags.indices {
            let weights = weights(index, range)
            let tiles = firstTiles[index]..<firstTiles[index + 1]
            each(index, tiles, range.count, weights) { number, first, width, sums in
                let target = UnsafeMutablePointer<Float>.allocate(capacity: Self.tile)
                defer { target.deallocate() }
                let voxels = bags[index].voxels
                for step in 0..<range.count {
                    statistics(index, number, sums + step * Self.tile, range.count, target)
                    let map = maps + step * self.voxels
                    for lane in 0..<width { map[Int(voxels[first + lane])] = target[lane] }
                    guard let variances else { continue }
                    spread(index, number, sums + step * Self.tile, range.count, target)
                    let map2 = variances + step * self.voxels
                    for lane in 0..<width { map2[Int(voxels[first + lane])] = target[lane] }
                }
            }
        }
        guard let smoother, let variances else { return }
        for step in 0..<range.count {
            let map = maps + step * voxels
            let own = variances + step * voxels
            let smooth = smoother.mask.smooth(smoother.positions.map { own[Int($0)] })
            for (place, position) in smoother.positions.enumerated() {
                let root = smooth[place].squareRoot()
                map[Int(position)] = root > 0 ? map[Int(position)] / root : 0
            }
        }
    }

    /// The highest and the lowest statistic of each rearrangement, without whole maps; not for smoothed variances.
    func extremes(_ range: Range<Int>) -> [(highest: Float, lowest: Float)] {
        var found = [(highest: Float, lowest: Float)](repeating: (0, 0), count: range.count)
        let lanes = UnsafeMutablePointer<SIMD32<Float>>.allocate(capacity: 2 * range.count)
        defer { lanes.deallocate() }
        for index in bags.indices {
            let weights = weights(index, range)
            lanes.initialize(repeating: .zero, count: 2 * range.count)
            each(index, firstTiles[index]..<firstTiles[index + 1], range.count, weights) { number, _, _, sums in
                var row = SIMD32<Float>.zero
                withUnsafeMutablePointer(to: &row) { row in
                    row.withMemoryRebound(to: Float.self, capacity: 32) { target in
                        for step in 0..<range.count {
                            statistics(index, number, sums + step * Self.tile, range.count, target)
                            let values = row.pointee
                            lanes[2 * step].replace(with: values, where: values .> lanes[2 * step])
                            lanes[2 * step + 1].replace(with: values, where: values .< lanes[2 * step + 1])
                        }
                    }
                }
            }
            for step in 0..<range.count {
                found[step].highest = max(found[step].highest, lanes[2 * step].max())
                found[step].lowest = min(found[step].lowest, lanes[2 * step + 1].min())
            }
        }
        return found
    }

    /// Calls `body` with each tile's number, first voxel of the bag, width, and sums [vectors][rearrangements][tile].
    private func each(
        _ index: Int, _ tiles: Range<Int>, _ count: Int, _ weights: [Float],
        _ body: (Int, Int, Int, UnsafeMutablePointer<Float>) -> Void
    ) {
        let vectors = vectors(index)
        let size = bags[index].rows.count
        let sums = UnsafeMutableRawPointer.allocate(byteCount: 4 * vectors * count * Self.tile, alignment: 64)
            .assumingMemoryBound(to: Float.self)
        defer { sums.deallocate() }
        weights.withUnsafeBufferPointer { weights in
            guard let start = weights.baseAddress, let data = values.buffer.baseAddress else { return }
            for number in tiles {
                let first = (number - firstTiles[index]) * Self.tile
                cuneus_permuted_means(
                    instructions.code, data + starts[number], Int32(size), start, Int32(vectors * count), sums,
                    Self.tile)
                body(number, first, min(Self.tile, bags[index].voxels.count - first), sums)
            }
        }
    }

    /// Statistics of one rearrangement at a tile; `sums` is its first vector, vectors are `count` tiles apart. For smoothed
    /// variances the effect A'Pe alone, in the data's units.
    @inline(__always)
    private func statistics(
        _ index: Int, _ number: Int, _ sums: UnsafePointer<Float>, _ count: Int, _ target: UnsafeMutablePointer<Float>
    ) {
        if smoother != nil {
            for lane in 0..<Self.tile { target[lane] = sums[lane] * norms[number * Self.tile + lane] }
            return
        }
        if let model = variance[index] {
            model.statistics(sums, stride: count * Self.tile, into: target)
            return
        }
        let bag = bags[index]
        let df = Float(bag.degreesOfFreedom)
        let tested = bag.space.tested.count
        let others = bag.meanWeight != nil || nuisance == .draperStoneman ? 0 : bag.space.nuisance.count
        let jump = count * Self.tile
        // What Freedman and Lane's residuals keep of the other columns.
        var rest = SIMD32<Float>(repeating: 1)
        withUnsafeMutablePointer(to: &rest) { rest in
            rest.withMemoryRebound(to: Float.self, capacity: Self.tile) { rest in
                for v in tested..<tested + others {
                    let along = sums + v * jump
                    for lane in 0..<Self.tile { rest[lane] -= along[lane] * along[lane] }
                }
                if tested == 1 {
                    for lane in 0..<Self.tile {
                        let left = rest[lane] - sums[lane] * sums[lane]
                        // A perfect fit has no finite t: the least that is left is a rounding error of what there was.
                        let least = max(rest[lane] * 0x1p-22, 0x1p-40)
                        target[lane] = sums[lane] * (df / (left > least ? left : least)).squareRoot()
                    }
                } else {
                    for lane in 0..<Self.tile { target[lane] = 0 }
                    for v in 0..<tested {
                        let along = sums + v * jump
                        for lane in 0..<Self.tile { target[lane] += along[lane] * along[lane] }
                    }
                    let factor = df / Float(tested)
                    for lane in 0..<Self.tile {
                        let left = rest[lane] - target[lane]
                        let least = max(rest[lane] * 0x1p-22, 0x1p-40)
                        target[lane] = target[lane] * factor / (left > least ? left : least)
                    }
                }
                if others > 0 {
                    for lane in 0..<Self.tile where !(rest[lane] > 1e-6) { target[lane] = 0 }
                }
            }
        }
        guard let table = tables[index] else { return }
        for lane in 0..<Self.tile {
            target[lane] = table(tested == 1 ? target[lane] : target[lane].squareRoot())
        }
    }

    /// The residual variance of one rearrangement at a tile.
    private func spread(
        _ index: Int, _ number: Int, _ sums: UnsafePointer<Float>, _ count: Int, _ target: UnsafeMutablePointer<Float>
    ) {
        let bag = bags[index]
        let others = bag.meanWeight != nil || nuisance == .draperStoneman ? 0 : bag.space.nuisance.count
        for lane in 0..<Self.tile {
            var rest: Float = 1 - sums[lane] * sums[lane]
            for v in 1..<max(2, 1 + others) where v <= others {
                let along = sums[v * count * Self.tile + lane]
                rest -= along * along
            }
            let norm = norms[number * Self.tile + lane]
            target[lane] = max(0, rest) * norm * norm / Float(bag.degreesOfFreedom)
        }
    }
}
