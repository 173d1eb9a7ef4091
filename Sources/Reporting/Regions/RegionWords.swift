import Evidence
import Foundation
import Mapping
import Statistics

/// Hypotheses on regions in words and figures: the same in table, figure and summary.
struct RegionWords {
    let finding: RegionFinding

    init(_ finding: RegionFinding) { self.finding = finding }

    var effect: String { PrettyNumber.fixed(finding.estimate.value, 2) }

    var interval: String {
        let interval = finding.interval
        return "\(PrettyNumber.fixed(interval.lower, 2)) to \(PrettyNumber.fixed(interval.upper, 2))"
    }

    var prediction: String {
        finding.predictionInterval.map {
            "\(PrettyNumber.fixed($0.lower, 2)) to \(PrettyNumber.fixed($0.upper, 2))"
        } ?? "–"
    }

    var bayesFactor: String { Self.bayesFactor(finding.overNull) }

    /// Two significant digits; beyond a thousand the number says no more.
    static func bayesFactor(_ value: Double) -> String {
        guard !value.isNaN else { return "–" }
        if value > 1000 { return "> 1000" }
        if value < 0.001 { return "< 0.001" }
        if value >= 100 { return PrettyNumber.fixed(value, 0) }
        return value >= 10 ? PrettyNumber.fixed(value, 1) : PrettyNumber.fixed(value, value < 0.1 ? 3 : 2)
    }

    /// Experiments, and how many of them gave a statistic (a map or a peak's), only a sign, or nothing here.
    var sources: String {
        let statistics = finding.count(.map) + finding.count(.peak)
        return "\(finding.place.studies.count) (\(statistics)/\(finding.count(.sign))/\(finding.count(.nothing)))"
    }

    var verdict: String { Self.text(finding.verdict, finding.region.direction) }

    static func text(_ verdict: RegionVerdict, _ direction: RegionHypothesis.Direction) -> String {
        let claim = direction.claim
        return switch verdict {
        case .strong: "strong evidence for \(claim)"
        case .moderate: "moderate evidence for \(claim)"
        case .inconclusive: "inconclusive"
        case .moderateAgainst: "moderate evidence for no effect rather than \(claim)"
        case .strongAgainst: "strong evidence for no effect rather than \(claim)"
        case .imputed: "inconclusive"
        case .opposite: "evidence for \(direction.opposite?.claim ?? "the opposite"), against the hypothesis"
        }
    }

    /// Where much is unknown, whatever the Bayes factor.
    var caution: String? {
        let count = finding.place.studies.count
        let silent = finding.count(.nothing)
        if finding.verdict == .imputed {
            return "near zero because \(silent) of \(count) experiments reported nothing here"
        }
        if count < 5 { return "\(PrettyNumber.plural(count, "experiment")) only" }
        return finding.isMostlySilent ? "\(silent) of \(count) experiments reported nothing here" : nil
    }

    var fullVerdict: String { ([verdict] + [caution].compactMap { $0 }).joined(separator: "; ") }
}

extension RegionHypothesis.Direction {
    var claim: String {
        switch self {
        case .increase: "an increase"
        case .decrease: "a decrease"
        case .either: "an effect"
        }
    }

    var arrow: String {
        switch self {
        case .increase: "↑"
        case .decrease: "↓"
        case .either: "↕"
        }
    }

    var opposite: Self? {
        switch self {
        case .increase: .decrease
        case .decrease: .increase
        case .either: nil
        }
    }
}
