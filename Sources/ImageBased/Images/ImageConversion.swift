import Foundation
public import Statistics

/// One statistic as another, value by value, for images and single numbers.
///
/// Everything goes through t and its degrees of freedom; z and p into each other without. By logarithms of tails, so that no
/// |t|, |z| or p is too extreme.
public enum ImageStatistic: String, Hashable, Sendable, CaseIterable {
    case t
    /// The normal score of t's one-sided tail.
    case z
    /// One-sided: small where the effect is above 0.
    case oneSidedP
    /// Two-sided: loses the sign; converted back as positive.
    case twoSidedP
    /// −log₁₀ of the two-sided p, with the sign of the effect.
    case signedLogP
    /// Standardised mean (difference), uncorrected.
    case d
    /// Hedges' g: d times the exact J.
    case g
    /// Correlation (of a contrast of groups: point-biserial).
    case r
}

public struct ImageConversion: Hashable, Sendable {
    public var from: ImageStatistic
    public var to: ImageStatistic
    /// The design behind the statistic.
    public var scale: EffectScale

    public init(from: ImageStatistic, to: ImageStatistic, scale: EffectScale) {
        self.from = from
        self.to = to
        self.scale = scale
    }

    private static let log2 = 0.693147180559945309417
    private static let log10 = 2.302585092994045684

    /// NaN for NaN, and for values that the statistic cannot have.
    public func callAsFunction(_ value: Double) -> Double {
        if from == to { return value }
        // Tails into tails need no degrees of freedom.
        if let tail = logTail(of: value), let result = Self.value(to, sign: tail.sign, logTail: tail.log) {
            return result
        }
        return statistic(t(of: value))
    }

    /// ln of the one-sided tail on the side of the effect, of statistics that are tails.
    private func logTail(of value: Double) -> (sign: Double, log: Double)? {
        switch from {
        case .z: return (value < 0 ? -1 : 1, Normal.logCDF(-abs(value)))
        case .oneSidedP:
            guard value >= 0, value <= 1 else { return (1, .nan) }
            return value <= 0.5 ? (1, log(value)) : (-1, log1p(-value))
        case .twoSidedP:
            return (1, value >= 0 && value <= 1 ? log(value) - Self.log2 : .nan)
        case .signedLogP: return (value < 0 ? -1 : 1, -abs(value) * Self.log10 - Self.log2)
        case .t, .d, .g, .r: return nil
        }
    }

    private static func value(_ to: ImageStatistic, sign: Double, logTail: Double) -> Double? {
        switch to {
        case .z: return logTail >= -log2 ? 0 : sign * LogProbability.z(upperTail: logTail)
        case .oneSidedP: return sign > 0 ? exp(logTail) : -expm1(logTail)
        case .twoSidedP: return min(1, 2 * exp(logTail))
        case .signedLogP: return sign * max(0, -(logTail + log2) / log10)
        case .t, .d, .g, .r: return nil
        }
    }

    private func t(of value: Double) -> Double {
        if let tail = logTail(of: value) {
            if tail.log.isNaN { return .nan }
            return tail.sign * StudentT(degreesOfFreedom: scale.degreesOfFreedom).quantile(logUpperTail: tail.log)
        }
        switch from {
        case .g: return scale.isCorrelation ? .nan : value / scale.correction / scale.constantVariance.squareRoot()
        case .d: return scale.isCorrelation ? .nan : value / scale.constantVariance.squareRoot()
        case .r:
            guard abs(value) <= 1 else { return .nan }
            return FisherZ.t(fromR: value, degreesOfFreedom: scale.degreesOfFreedom)
        default: return value
        }
    }

    private func statistic(_ t: Double) -> Double {
        switch to {
        case .t: return t
        case .d: return scale.isCorrelation ? .nan : t * scale.constantVariance.squareRoot()
        case .g: return scale.isCorrelation ? .nan : t * scale.correction * scale.constantVariance.squareRoot()
        case .r: return FisherZ.r(fromT: t, degreesOfFreedom: scale.degreesOfFreedom)
        case .z:
            let z = TailTable.exactZ(abs(t), scale.degreesOfFreedom)
            return t < 0 ? -z : z
        case .oneSidedP, .twoSidedP, .signedLogP:
            guard !t.isNaN else { return .nan }
            let logTail = StudentT(degreesOfFreedom: scale.degreesOfFreedom).logUpperTail(abs(t))
            return Self.value(to, sign: t < 0 ? -1 : 1, logTail: logTail) ?? .nan
        }
    }

    /// All values of an image. What is finite but beyond single precision becomes its largest number, not infinite.
    public func callAsFunction(_ values: [Float]) -> [Float] {
        let largest = Double(Float.greatestFiniteMagnitude)
        return values.map {
            let value = self(Double($0))
            return Float(value.isFinite ? min(max(value, -largest), largest) : value)
        }
    }
}

extension ImageConversion {
    /// The sampling variance of g (or d, r) at each value of an image of it; of a correlation, that of Fisher's z.
    public static func variances(ofG values: [Float], scale: EffectScale) -> [Float] {
        values.map { $0.isNaN ? .nan : Float(scale.variance(ofG: Double($0))) }
    }

    /// t of an effect with its variance, on any scale: effect/√variance. (Its inverse needs one of the two.)
    public static func t(effects: [Float], variances: [Float]) -> [Float] {
        zip(effects, variances).map { $1 > 0 ? Float(Double($0) / Double($1).squareRoot()) : .nan }
    }

    /// The variance of an effect from its t: (effect/t)²; NaN where t is 0.
    public static func variances(effects: [Float], t: [Float]) -> [Float] {
        zip(effects, t).map { effect, t in
            let error = Double(effect) / Double(t)
            return t != 0 && error.isFinite ? Float(error * error) : .nan
        }
    }
}
