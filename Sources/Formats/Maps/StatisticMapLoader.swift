public import Evidence
public import Imaging
import Statistics

/// Turns an experiment's whole-brain image into effects at every mask voxel: Hedges' g, or Fisher's z of a correlation.
public enum StatisticMapLoader {
    /// A map that came through the gate.
    public struct Loaded: Sendable {
        /// One per mask voxel; NaN where the image has no value (NaN, exactly 0, or outside its field of view), so that the
        /// experiment does not count there.
        public let effects: [Float]
        /// What is odd about it (warnings), and how it was understood (notes).
        public let notices: [Notice]
        public let facts: MapFacts
    }

    /// - Returns: the effect per mask voxel; NaN where the image has no value.
    /// - Throws: as ``read(_:of:mask:)``.
    public static func load(_ map: Experiment.StatisticMap, of experiment: Experiment, mask: Mask) throws -> [Float] {
        try read(map, of: experiment, mask: mask).effects
    }

    /// - Throws: `NIfTIError` for files that cannot be read, `InputError` for images that do not fit the experiment, cannot be
    ///   what they are said to be, have values in hardly any of the mask, or values that no effect can be made from.
    public static func read(_ map: Experiment.StatisticMap, of experiment: Experiment, mask: Mask) throws -> Loaded {
        let image = try StatisticMapGate().open(map.path, at: map.source)
        var notices = StatisticMapGate.notices(of: image, path: map.path, at: map.source)
        let kind = try kind(of: map, image: image, experiment: experiment, &notices)
        let plausibility = MapPlausibility(
            statistic(kind), scale: experiment.scale, path: map.path, at: map.source)
        let values = MapValues(image, mask: mask)
        notices += try plausibility.check(values)
        if !image.grid.matches(mask.grid) { notices.append(resampled(map, from: image.grid, to: mask.grid)) }
        let effects = try effects(kind, image, map, of: experiment, mask: mask)
        if let notice = try MapCoverage.notice(effects, of: map, experiment: experiment.id) { notices.append(notice) }
        // Squares of what is larger would leave single precision's range in what is computed.
        guard effects.allSatisfy({ !(abs($0) > 1e9) }) else {
            throw InputError(
                at: map.source,
                "\(MapWords.subject(map.path, at: map.source)) has values too large to be turned into an effect (infinite, or a correlation of 1).",
                remedy: "Check that it holds the statistic its name or header says.")
        }
        if let notice = extreme(effects, map, experiment) { notices.append(notice) }
        return Loaded(
            effects: effects, notices: notices,
            facts: MapFacts(
                image, path: map.path, statistic: statistic(kind), values: values, effects: effects, mask: mask))
    }

    private static func effects(
        _ kind: Experiment.StatisticMap.Kind, _ image: NIfTIImage, _ map: Experiment.StatisticMap,
        of experiment: Experiment, mask: Mask
    ) throws -> [Float] {
        let scale = experiment.scale
        let student = StudentT(degreesOfFreedom: experiment.degreesOfFreedom)
        let values = mask.values(of: image.volume(0))
        switch kind {
        case .t:
            return values.map { present($0) { scale.g(fromT: $0) } }
        case .z:
            return values.map { present($0) { scale.g(fromT: student.t(fromZ: $0)) } }
        case .g:
            return values.map { present($0) { $0 } }
        case .r:
            return values.map { present($0) { FisherZ.z(fromR: $0) } }
        case .estimate(let variancePath):
            let variance = try StatisticMapGate(.placement).open(variancePath, at: map.source)
            try MapValues(variance, mask: mask).checkFinite(variancePath, at: map.source)
            let variances = mask.values(of: variance.volume(0))
            return zip(values, variances).map { value, variance in
                variance > 0 ? present(value) { scale.g(fromT: $0 / Double(variance).squareRoot()) } : .nan
            }
        }
    }

    private static func statistic(_ kind: Experiment.StatisticMap.Kind) -> MapStatistic {
        switch kind {
        case .t: .t
        case .z: .z
        case .g: .g
        case .r: .r
        case .estimate: .estimate
        }
    }

    /// What the map holds: what is said, checked against the header. Where the input does not say (a bare name), a header that
    /// calls itself z or, of a correlation, r is believed.
    private static func kind(
        of map: Experiment.StatisticMap, image: NIfTIImage, experiment: Experiment, _ notices: inout [Notice]
    ) throws(InputError) -> Experiment.StatisticMap.Kind {
        let isCorrelation = experiment.measure == .correlation
        var kind = map.kind
        if kind == .t, !map.kindIsStated {
            if image.intent.code == Intent.zScoreCode { kind = .z }
            if image.intent.code == Intent.correlationCode, isCorrelation { kind = .r }
        }
        if kind != map.kind {
            notices.append(
                Notice(
                    .note, code: "map-kind", at: map.source,
                    "the name of \(MapWords.subject(map.path, at: map.source)) does not say what it holds; it is read as \(statistic(kind).name), as its header says.",
                    remedy: "Name it with _t, _z or _r."))
        }
        if kind == .g, isCorrelation {
            throw InputError(
                at: map.source,
                "\(MapWords.subject(map.path, at: map.source)) holds Hedges' g, but '\(experiment.id)' is a correlation.",
                remedy: "Give its t (n - 2 degrees of freedom), z or correlation coefficients (suffix _r).")
        }
        if kind == .r, !isCorrelation {
            throw InputError(
                at: map.source,
                "\(MapWords.subject(map.path, at: map.source)) holds correlations, but '\(experiment.id)' measures a change.",
                remedy: "Write measure: correlation in its row of studies.tsv, or give a t, z or g map.")
        }
        try statistic(kind).check(image.intent, of: map.path, at: map.source)
        let df = kind == .t || kind == .r ? image.intent.parameters.x : 0
        if image.intent.code == statistic(kind).code, df > 0, abs(df - Double(experiment.degreesOfFreedom)) >= 0.5 {
            throw InputError(
                at: map.source,
                "\(MapWords.subject(map.path, at: map.source)) is a \(kind == .t ? "t map" : "map of correlations") with \(df) degrees of freedom, but '\(experiment.id)' has \(experiment.degreesOfFreedom) (n1 = \(experiment.n1), n2 = \(experiment.n2)).",
                remedy: "Correct the sample sizes\(kind == .t ? ", or convert the map to z (suffix _z)" : "").")
        }
        return kind
    }

    /// Beyond this |g| an effect is hardly one of people; Fisher's z of correlations is infinite first.
    private static let largestUsualG: Float = 20

    /// A few such voxels carry a mean of many studies.
    private static func extreme(
        _ effects: [Float], _ map: Experiment.StatisticMap, _ experiment: Experiment
    ) -> Notice? {
        guard experiment.measure != .correlation else { return nil }
        let count = effects.count { abs($0) > largestUsualG }
        guard count > 0 else { return nil }
        return Notice(
            .warning, code: "map-extreme", at: map.source,
            "\(MapWords.subject(map.path, at: map.source)) gives effects beyond g = \(MapWords.number(largestUsualG)) at \(count) voxel\(count == 1 ? "" : "s"), with \(experiment.n1 + experiment.n2) participants.",
            remedy:
                "Check the sample size, and that it is the statistic across participants (not of one person, nor a fixed effect)."
        )
    }

    private static func resampled(_ map: Experiment.StatisticMap, from own: Grid, to grid: Grid) -> Notice {
        func size(_ grid: Grid) -> String {
            let size = grid.affine.voxelSize
            return [size.x, size.y, size.z].map { MapWords.number($0) }.joined(separator: " x ")
        }
        return Notice(
            .note, code: "map-resampled", at: map.source,
            "\(MapWords.subject(map.path, at: map.source)) has a grid of its own (voxels of \(size(own)) mm) and is resampled to the analysis' (\(size(grid)) mm), trilinear."
        )
    }

    /// NaN and exactly 0 are no value; infinity is one, and no effect can be made of it.
    private static func present(_ value: Float, _ convert: (Double) -> Double) -> Float {
        guard !value.isNaN, value != 0 else { return .nan }
        return Float(convert(Double(value)))
    }
}
