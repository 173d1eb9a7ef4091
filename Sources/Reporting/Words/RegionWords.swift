import Appraisal
import Evidence
import Figures
import Foundation
import SeedBasedMapping
import Statistics

/// Hypotheses on regions in words and figures: the same in table, figure and summary.
struct RegionWords {
    let finding: RegionFinding

    init(_ finding: RegionFinding) { self.finding = finding }

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
