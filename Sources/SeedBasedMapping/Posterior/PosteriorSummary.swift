import Inference
import Statistics

/// From a tabulated posterior to the numbers of its maps.
struct PosteriorSummary: Sendable {
    struct Values {
        var g: Double
        var se: Double
        var lower: Double
        var upper: Double
        var tau2: Double
        var above: Double
    }

    private let tail: Double
    /// t quantiles by how many rows speak; NaN where quantiles of the posterior make the interval.
    private let students: [Double]

    /// - Parameter rows: most that can speak.
    init(_ settings: PosteriorSettings, rows: Int) {
        let tail = 0.5 * (1 - settings.level)
        self.tail = tail
        students = (0...max(rows, 1)).map { rows in
            settings.usesStudent(rows: rows)
                ? StudentT(degreesOfFreedom: rows - 1).quantile(upperTail: tail) : Double.nan
        }
    }

    func callAsFunction(_ tabulator: VoxelTabulator, _ taus: TauNodes, rows: Int) -> Values {
        let density = tabulator.marginal
        let tau = taus.expectation(tabulator.tauSums)
        let student = students[rows]
        let half = student * density.deviation
        return Values(
            g: density.mean, se: density.deviation,
            lower: student.isNaN ? density.quantile(tail) : density.mean - half,
            upper: student.isNaN ? density.quantile(1 - tail) : density.mean + half, tau2: tau * tau,
            above: 1 - density.cumulative(0))
    }
}

/// Maps in the making, each voxel written once.
struct PosteriorFields: Sendable {
    private let values: [SharedArray<Float>]
    private let counts: [SharedArray<Int32>]

    init(count: Int) {
        values = (0..<6).map { _ in SharedArray<Float>(repeating: .nan, count: count) }
        counts = (0..<2).map { _ in SharedArray<Int32>(repeating: 0, count: count) }
    }

    func set(measured: Int, reached: Int, at index: Int) {
        counts[0].buffer[index] = Int32(measured)
        counts[1].buffer[index] = Int32(reached)
    }

    func set(_ found: PosteriorSummary.Values, at index: Int) {
        values[0].buffer[index] = Float(found.g)
        values[1].buffer[index] = Float(found.se)
        values[2].buffer[index] = Float(found.lower)
        values[3].buffer[index] = Float(found.upper)
        values[4].buffer[index] = Float(found.tau2)
        values[5].buffer[index] = Float(found.above)
    }

    /// Within these maps.
    func copy(from twin: Int, to index: Int) {
        for field in values { field.buffer[index] = field.buffer[twin] }
        for field in counts { field.buffer[index] = field.buffer[twin] }
    }

    func copy(_ maps: PosteriorMaps, _ from: Int, to index: Int) {
        let each = [maps.g, maps.se, maps.lower, maps.upper, maps.tau2, maps.probabilityAbove]
        for (field, map) in zip(values, each) { field.buffer[index] = map[from] }
        set(measured: Int(maps.measured[from]), reached: Int(maps.reached[from]), at: index)
    }

    var maps: PosteriorMaps {
        PosteriorMaps(
            g: values[0].array, se: values[1].array, lower: values[2].array, upper: values[3].array,
            tau2: values[4].array, probabilityAbove: values[5].array, measured: counts[0].array,
            reached: counts[1].array)
    }
}
