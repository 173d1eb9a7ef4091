public import Evidence
public import Imaging
import Statistics

/// Turns an experiment's whole-brain image into effects at every mask voxel: Hedges' g, or Fisher's z of a correlation.
public enum StatisticMapLoader {
    /// - Returns: the effect per mask voxel; NaN where the image has no value (NaN, exactly 0, or outside its field of view), so
    ///   that the experiment does not count there.
    /// - Throws: `NIfTIError` for files that cannot be read, `InputError` for images that do not fit the experiment, have
    ///   no value in the mask, or values that no effect can be made from.
    public static func load(_ map: Experiment.StatisticMap, of experiment: Experiment, mask: Mask) throws -> [Float] {
        let effects = try effects(map, of: experiment, mask: mask)
        guard effects.contains(where: { !$0.isNaN }) else {
            throw InputError(
                at: map.source, "\(map.path) has no value (other than 0 or NaN) at any voxel of the mask.",
                remedy: "Check that it is in MNI space, and its header's position (sform, qform).")
        }
        // Squares of what is larger would leave single precision's range in what is computed.
        guard effects.allSatisfy({ !(abs($0) > 1e9) }) else {
            throw InputError(
                at: map.source,
                "\(map.path) has values too large to be turned into an effect (a z beyond 37, or a correlation of 1).",
                remedy: "Check that it holds the statistic its name or header says.")
        }
        return effects
    }

    private static func effects(
        _ map: Experiment.StatisticMap, of experiment: Experiment, mask: Mask
    ) throws -> [Float] {
        let image = try StatisticMapGate().open(map.path, at: map.source)
        let scale = experiment.scale
        let student = StudentT(degreesOfFreedom: experiment.degreesOfFreedom)
        let values = mask.values(of: image.volume(0))
        switch try kind(of: map, image: image, experiment: experiment) {
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
            let variances = mask.values(of: variance.volume(0))
            return zip(values, variances).map { value, variance in
                variance > 0 ? present(value) { scale.g(fromT: $0 / Double(variance).squareRoot()) } : .nan
            }
        }
    }

    /// The NIfTI intent codes that stand for a statistic.
    private static let statisticCodes = 2...24

    /// The kind the name says, checked against the header: an image that calls itself z or r is not read as t, one that
    /// calls itself another statistic (p, F ...) is refused, and so is a t or r image whose degrees of freedom are not the
    /// experiment's, and an effect that is not of the experiment's measure.
    private static func kind(
        of map: Experiment.StatisticMap, image: NIfTIImage, experiment: Experiment
    ) throws(InputError) -> Experiment.StatisticMap.Kind {
        let code = image.intent.code
        let isCorrelation = experiment.measure == .correlation
        if map.kind == .g, isCorrelation {
            throw InputError(
                at: map.source,
                "\(map.path) holds Hedges' g, but '\(experiment.id)' is a correlation.",
                remedy: "Give its t (n - 2 degrees of freedom), z or correlation coefficients (suffix _r).")
        }
        if map.kind == .r || (isCorrelation && map.kind == .t && code == Intent.correlationCode) {
            return try correlation(map, image: image, experiment: experiment)
        }
        guard map.kind == .t || map.kind == .z else { return map.kind }
        if statisticCodes.contains(code), code != Intent.tTestCode, code != Intent.zScoreCode {
            throw InputError(
                at: map.source,
                "\(map.path) says in its header that it holds another statistic than t or z (intent code \(code)).",
                remedy: "Convert it to t or z; if the header is wrong, set its intent code to 3 (t) or 5 (z).")
        }
        guard map.kind == .t else { return map.kind }
        if code == Intent.zScoreCode { return .z }
        if let df = image.intent.tDegreesOfFreedom, df > 0, abs(df - Double(experiment.degreesOfFreedom)) >= 0.5 {
            throw InputError(
                at: map.source,
                "\(map.path) is a t map with \(df) degrees of freedom, but '\(experiment.id)' has \(experiment.degreesOfFreedom) (n1 = \(experiment.n1), n2 = \(experiment.n2)).",
                remedy: "Correct the sample sizes, or convert the map to z (suffix _z).")
        }
        return .t
    }

    /// A map of correlation coefficients, checked against its header and its experiment.
    private static func correlation(
        _ map: Experiment.StatisticMap, image: NIfTIImage, experiment: Experiment
    ) throws(InputError) -> Experiment.StatisticMap.Kind {
        guard experiment.measure == .correlation else {
            throw InputError(
                at: map.source, "\(map.path) holds correlations, but '\(experiment.id)' measures a change.",
                remedy: "Write measure: correlation in its row of studies.tsv, or give a t, z or g map.")
        }
        let intent = image.intent
        guard intent.code == Intent.correlationCode || !statisticCodes.contains(intent.code) else {
            throw InputError(
                at: map.source,
                "\(map.path) says in its header that it holds another statistic than r (intent code \(intent.code)).",
                remedy: "Name it by what it holds; if the header is wrong, set its intent code to 2 (correlation).")
        }
        let df = intent.code == Intent.correlationCode ? intent.parameters.x : 0
        guard df <= 0 || abs(df - Double(experiment.degreesOfFreedom)) < 0.5 else {
            throw InputError(
                at: map.source,
                "\(map.path) is a map of correlations with \(df) degrees of freedom, but '\(experiment.id)' has \(experiment.degreesOfFreedom) (n1 = \(experiment.n1)).",
                remedy: "Correct the sample size.")
        }
        return .r
    }

    private static func present(_ value: Float, _ convert: (Double) -> Double) -> Float {
        guard value.isFinite, value != 0 else { return .nan }
        return Float(convert(Double(value)))
    }
}
