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
    let nuisance: ExchangeScheme.Nuisance
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
        guard let mask else {
            throw .design("Variances of regions cannot be smoothed over space (pseudo-t): regions are not neighbours.")
        }
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
            let (sources, signs) = rearrangements.arrangement(number, places: places, size: size)
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

    /// Maps of the statistic, [rearrangements][voxels]; NaN where nothing is tested.
    func maps(_ range: Range<Int>, into maps: UnsafeMutablePointer<Float>) {
        let count = range.count
        let tile = Self.tile
        let all = voxels
        let variances: UnsafeMutablePointer<Float>? = smoother == nil ? nil : .allocate(capacity: count * all)
        let target = UnsafeMutablePointer<Float>.allocate(capacity: count * tile)
        defer {
            variances?.deallocate()
            target.deallocate()
        }
        for index in bags.indices {
            let rule = rule(index)
            let model = variance[index]
            let table = tables[index]
            let weights = weights(index, range)
            bags[index].voxels.withUnsafeBufferPointer { voxels in
                norms.withUnsafeBufferPointer { norms in
                    each(index, count, weights) { number, first, width, sums in
                        if variances != nil {
                            for n in 0..<count * tile { target[n] = sums[n] * norms[number * tile + n % tile] }
                        } else if let model {
                            for step in 0..<count {
                                model.statistics(sums + step * tile, stride: count * tile, into: target + step * tile)
                            }
                        } else {
                            rule.statistics(sums, count: count, into: target)
                            if let table { rule.score(target, count: count, table) }
                        }
                        Self.scatter(target, count, voxels, first, width, into: maps, all)
                        guard let variances else { return }
                        rule.variances(sums, count: count, into: target)
                        for n in 0..<count * tile {
                            let norm = norms[number * tile + n % tile]
                            target[n] *= norm * norm
                        }
                        Self.scatter(target, count, voxels, first, width, into: variances, all)
                    }
                }
            }
        }
        guard let smoother, let variances else { return }
        for step in 0..<count {
            let map = maps + step * all
            let own = variances + step * all
            let smooth = smoother.mask.smooth(smoother.positions.map { own[Int($0)] })
            for (place, position) in smoother.positions.enumerated() {
                let root = smooth[place].squareRoot()
                map[Int(position)] = root > 0 ? map[Int(position)] / root : 0
            }
        }
    }

    /// A tile's values of every rearrangement to their places in the maps.
    @inline(__always)
    private static func scatter(
        _ source: UnsafePointer<Float>, _ count: Int, _ voxels: UnsafeBufferPointer<Int32>, _ first: Int, _ width: Int,
        into maps: UnsafeMutablePointer<Float>, _ all: Int
    ) {
        let start = Int(voxels[first])
        let isRun = Int(voxels[first + width - 1]) - start == width - 1
        for step in 0..<count {
            let from = source + step * tile
            let map = maps + step * all
            if isRun {
                (map + start).update(from: from, count: width)
            } else {
                for lane in 0..<width { map[Int(voxels[first + lane])] = from[lane] }
            }
        }
    }

    /// The highest and the lowest statistic of each rearrangement, without whole maps; not for smoothed variances.
    func extremes(_ range: Range<Int>) -> [(highest: Float, lowest: Float)] {
        let count = range.count
        let tile = Self.tile
        var found = [(highest: Float, lowest: Float)](repeating: (0, 0), count: count)
        let target = UnsafeMutablePointer<Float>.allocate(capacity: count * tile)
        let high = UnsafeMutablePointer<Float>.allocate(capacity: count * tile)
        let low = UnsafeMutablePointer<Float>.allocate(capacity: count * tile)
        defer {
            target.deallocate()
            high.deallocate()
            low.deallocate()
        }
        for index in bags.indices {
            let rule = rule(index)
            let model = variance[index]
            let weights = weights(index, range)
            high.initialize(repeating: 0, count: count * tile)
            low.initialize(repeating: 0, count: count * tile)
            // Without other columns t rises with the sum, in every rounding step too: the largest sum has the largest t.
            let isSum = model == nil && rule.tested == 1 && rule.others == 0
            each(index, count, weights) { _, _, _, sums in
                if let model {
                    for step in 0..<count {
                        model.statistics(sums + step * tile, stride: count * tile, into: target + step * tile)
                    }
                } else if !isSum {
                    rule.statistics(sums, count: count, into: target)
                }
                let values = isSum ? UnsafePointer(sums) : UnsafePointer(target)
                for n in 0..<count * tile {
                    let value = values[n]
                    high[n] = value > high[n] ? value : high[n]
                    low[n] = value < low[n] ? value : low[n]
                }
            }
            if isSum {
                rule.statistics(high, count: count, into: high)
                rule.statistics(low, count: count, into: low)
            }
            if let table = tables[index] {
                rule.score(high, count: count, table)
                rule.score(low, count: count, table)
            }
            for step in 0..<count {
                for lane in 0..<tile {
                    found[step].highest = max(found[step].highest, high[step * tile + lane])
                    found[step].lowest = min(found[step].lowest, low[step * tile + lane])
                }
            }
        }
        return found
    }

    private func rule(_ index: Int) -> TileStatistics {
        let bag = bags[index]
        return TileStatistics(
            tested: bag.space.tested.count,
            others: bag.meanWeight != nil || nuisance == .draperStoneman ? 0 : bag.space.nuisance.count,
            degreesOfFreedom: Float(bag.degreesOfFreedom))
    }

    /// Calls `body` with each tile's number, first voxel of the bag, width, and sums [vectors][rearrangements][tile].
    private func each(
        _ index: Int, _ count: Int, _ weights: [Float],
        _ body: (Int, Int, Int, UnsafeMutablePointer<Float>) -> Void
    ) {
        let vectors = vectors(index)
        let size = bags[index].rows.count
        let width = bags[index].voxels.count
        let start = firstTiles[index]
        let end = firstTiles[index + 1]
        let code = instructions.code
        let sums = UnsafeMutableRawPointer.allocate(byteCount: 4 * vectors * count * Self.tile, alignment: 64)
            .assumingMemoryBound(to: Float.self)
        defer { sums.deallocate() }
        weights.withUnsafeBufferPointer { weights in
            starts.withUnsafeBufferPointer { places in
                guard let factors = weights.baseAddress, let data = values.buffer.baseAddress else { return }
                for number in start..<end {
                    let first = (number - start) * Self.tile
                    cuneus_permuted_means(
                        code, data + places[number], Int32(size), factors, Int32(vectors * count), sums, Self.tile)
                    body(number, first, min(Self.tile, width - first), sums)
                }
            }
        }
    }
}
