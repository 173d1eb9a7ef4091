import Foundation
public import Statistics

/// How an outcome's numbers are written: the pooled scale's name, and the one that readers know.
public struct OutcomeScale: Hashable, Sendable {
    public var measure: OutcomeMeasure

    public init(_ measure: OutcomeMeasure) { self.measure = measure }

    /// Of the pooled scale, on axes and in tables: `Hedges' g`, `log risk ratio`.
    public var axisName: String {
        switch measure {
        case .standardizedMeanDifference: "Hedges' g"
        case .prePostControl: "difference of standardised changes"
        case .fisherZ: "Fisher's z"
        case .partialFisherZ: "Fisher's z of partial correlations"
        case .logitProportion: "log odds"
        default: measure.words
        }
    }

    /// Of the scale that is read: `risk ratio` of log risk ratios.
    public var displayName: String {
        switch measure.scale {
        case .plain: axisName
        case .exponential: axisName.hasPrefix("log ") ? String(axisName.dropFirst(4)) : axisName
        case .fisher: measure == .partialFisherZ ? "partial correlation" : "correlation"
        case .logistic: "proportion"
        }
    }

    /// In short, before a number: `g`, `RR`, `r`.
    public var symbol: String {
        switch measure {
        case .standardizedMeanDifference: "g"
        case .fisherZ, .correlation: "r"
        case .generic: "effect"
        case .logitProportion, .proportion: "proportion"
        default: measure.rawValue
        }
    }

    /// A pooled value as it is read.
    public func shown(_ value: Double) -> Double {
        switch measure.scale {
        case .plain: value
        case .exponential: exp(value)
        case .fisher: tanh(value)
        case .logistic: 1 / (1 + exp(-value))
        }
    }

    public func shown(_ interval: Interval) -> Interval {
        Interval(lower: shown(interval.lower), upper: shown(interval.upper))
    }

    /// A value that is read on the pooled scale; not a number where there is none.
    public func pooled(_ shown: Double) -> Double {
        switch measure.scale {
        case .plain: shown
        case .exponential: log(shown)
        case .fisher: atanh(shown)
        case .logistic: log(shown / (1 - shown))
        }
    }

    /// Whether readers are shown another scale than the pooled one.
    public var isTransformed: Bool { measure.scale != .plain }
}
