import Evidence
import Foundation
import Statistics

/// What is held of τ, the SD of true effects between studies, before the data; in the unit of the effects.
public enum HeterogeneityPrior: Hashable, Sendable {
    /// |N(0, scale²)| (Röver et al. 2021, doi:10.1002/jrsm.1475: scale 0.5 for log odds ratios, 0.25 to 0.5 for
    /// standardised mean differences).
    case halfNormal(scale: Double)
    /// |Cauchy(0, scale)| (Gelman 2006, doi:10.1214/06-BA117A).
    case halfCauchy(scale: Double)
    /// Between 0 and `upper`.
    case uniform(upper: Double)
    /// ln τ ~ N(location, scale²).
    case logNormal(location: Double, scale: Double)
    /// (ln τ − location)/scale ~ t.
    case logStudentT(location: Double, scale: Double, degreesOfFreedom: Double)

    /// ln τ² ~ N(mean, deviation²): the form in which Turner et al. 2012 (doi:10.1093/ije/dys041) give what is known of log
    /// odds ratios. Half of both for τ.
    public static func logNormalVariance(mean: Double, deviation: Double) -> HeterogeneityPrior {
        .logNormal(location: mean / 2, scale: deviation / 2)
    }

    /// (ln τ² − location)/scale ~ t on 5 degrees of freedom: the form in which Rhodes, Turner & Higgins 2015
    /// (doi:10.1016/j.jclinepi.2014.08.012) give what is known of standardised mean differences. Half of both for τ.
    public static func logTVariance(
        location: Double, scale: Double, degreesOfFreedom: Double = 5
    ) -> HeterogeneityPrior {
        .logStudentT(location: location / 2, scale: scale / 2, degreesOfFreedom: degreesOfFreedom)
    }

    /// Whether its numbers are finite, and its scale above 0.
    public var isValid: Bool {
        switch self {
        case .halfNormal(let scale), .halfCauchy(let scale), .uniform(let scale): scale > 0 && scale.isFinite
        case .logNormal(let location, let scale): location.isFinite && scale > 0 && scale.isFinite
        case .logStudentT(let location, let scale, let df):
            location.isFinite && scale > 0 && scale.isFinite && df > 0 && df.isFinite
        }
    }

    /// Density at τ; 0 outside its support.
    public func density(_ tau: Double) -> Double { tau < 0 ? 0 : exp(logDensity(logTau: log(tau))) }

    /// ln of the density of τ (not of ln τ), from ln τ, which may be −∞.
    func logDensity(logTau: Double) -> Double {
        let tau = exp(logTau)
        switch self {
        case .halfNormal(let scale):
            let z = tau / scale
            return 0.5 * log(2 / Double.pi) - log(scale) - 0.5 * z * z
        case .halfCauchy(let scale):
            let z = tau / scale
            return log(2 / Double.pi) - log(scale) - log1p(z * z)
        case .uniform(let upper):
            return tau <= upper ? -log(upper) : -.infinity
        case .logNormal(let location, let scale):
            guard logTau > -.infinity else { return -.infinity }
            let z = (logTau - location) / scale
            return -0.5 * log(2 * Double.pi) - log(scale) - 0.5 * z * z - logTau
        case .logStudentT(let location, let scale, let df):
            // Near 0 its density grows without bound.
            guard logTau > -.infinity else { return .infinity }
            let z = (logTau - location) / scale
            let constant =
                SpecialFunctions.logGamma((df + 1) / 2) - SpecialFunctions.logGamma(df / 2)
                - 0.5 * log(df * Double.pi)
            return constant - log(scale) - 0.5 * (df + 1) * log1p(z * z / df) - logTau
        }
    }

    /// Whether its tail falls only as a power, so that a few studies do not make all moments of the posterior finite.
    var isHeavyTailed: Bool {
        switch self {
        case .halfCauchy, .logStudentT: true
        case .halfNormal, .uniform, .logNormal: false
        }
    }

    /// From the words of an option: a number is the scale of a half-normal; `half-cauchy(0.5)`, `uniform(2)`,
    /// `log-normal(-1.2, 0.8)` with mean and SD of ln τ. Nil for anything else, and for numbers that cannot be.
    public init?(option text: String) {
        let plain = text.lowercased().filter { !$0.isWhitespace }
        if let scale = NumberText.parse(plain) {
            self = .halfNormal(scale: scale)
        } else {
            guard plain.hasSuffix(")"), let open = plain.firstIndex(of: "(") else { return nil }
            let numbers = plain[plain.index(after: open)...].dropLast().split(
                separator: ",", omittingEmptySubsequences: false
            ).map { NumberText.parse(String($0)) }
            switch (plain[..<open], numbers.count, numbers.first ?? nil, numbers.last ?? nil) {
            case ("half-normal", 1, let scale?, _): self = .halfNormal(scale: scale)
            case ("half-cauchy", 1, let scale?, _): self = .halfCauchy(scale: scale)
            case ("uniform", 1, let upper?, _): self = .uniform(upper: upper)
            case ("log-normal", 2, let location?, let scale?): self = .logNormal(location: location, scale: scale)
            default: return nil
            }
        }
        guard isValid else { return nil }
    }

    /// As ``init(option:)`` reads it; of a half-normal the number alone. A log-t, which no option asks for, is only told.
    public var option: String {
        func text(_ value: Double) -> String { NumberText.shortest(value) }
        return switch self {
        case .halfNormal(let scale): text(scale)
        case .halfCauchy(let scale): "half-cauchy(\(text(scale)))"
        case .uniform(let upper): "uniform(\(text(upper)))"
        case .logNormal(let location, let scale): "log-normal(\(text(location)),\(text(scale)))"
        case .logStudentT(let location, let scale, let df):
            "log-t(\(text(location)),\(text(scale)),\(text(df)))"
        }
    }

    public var words: String {
        func text(_ x: Double) -> String { "\((x * 1e6).rounded() / 1e6)" }
        switch self {
        case .halfNormal(let scale): return "half-normal (scale \(text(scale)))"
        case .halfCauchy(let scale): return "half-Cauchy (scale \(text(scale)))"
        case .uniform(let upper): return "uniform from 0 to \(text(upper))"
        case .logNormal(let location, let scale):
            return "log-normal (ln τ with mean \(text(location)) and SD \(text(scale)))"
        case .logStudentT(let location, let scale, let df):
            return "log-t (ln τ around \(text(location)), scale \(text(scale)), \(text(df)) degrees of freedom)"
        }
    }
}
